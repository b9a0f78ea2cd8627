/**
 * What is remembered of erasures: keyed hashes of identities and when they were erased, and nothing that names a person.
 * It outlives journal and snapshots, so that an older snapshot brings nobody back.
 */
@NullMarked
package io.zandloper.storage.erasure;

import org.jspecify.annotations.NullMarked;
