package io.zandloper.storage.change;

/** A request to change something; decided by the writer alone, in the order of arrival. Immutable. */
public sealed interface Change
        permits UpsertProfile,
                RecordEvent,
                ReplaceCatalog,
                LinkProfiles,
                EraseProfile,
                EraseRemembered,
                ReplaceMembers,
                TidyProfile {}
