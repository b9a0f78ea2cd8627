package io.zandloper.server.simulate;

import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledDecider;
import io.zandloper.server.decide.compiled.HeapPerson;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Profile;

/** One of the two catalogs, and whom it decides for at present. One thread. */
final class Side {
    private final CompiledCatalog catalog;
    private final CompiledDecider decider;
    private final long atMicros;
    private HeapPerson person;

    Side(CompiledCatalog catalog, long atMicros) {
        this.catalog = catalog;
        this.decider = new CompiledDecider(catalog);
        this.atMicros = atMicros;
        this.person = catalog.nobody();
    }

    /** The next one to decide for. */
    void point(Profile profile) {
        person = HeapPerson.of(profile, true, catalog, atMicros);
    }

    HeapPerson person() {
        return person;
    }

    CompiledDecider decider() {
        return decider;
    }

    CompiledCatalog compiled() {
        return catalog;
    }

    Catalog catalog() {
        return catalog.catalog();
    }
}
