/**
 * What is known of one person, as plain immutable values: the heap form in which the writer changes a profile and the
 * plain decider reads it. The stored form is {@code io.zandloper.storage.record}.
 */
@NullMarked
package io.zandloper.storage.profile;

import org.jspecify.annotations.NullMarked;
