/**
 * The bytes of the stored files: how identities are hashed, how a row is laid out, how a record is encoded, how a file
 * says what it is. Free of Chronicle Map, Agrona and foreign memory, and of everything newer than Java 17, because
 * programs on other machines write the same files.
 */
@NullMarked
package io.zandloper.storage.format;

import org.jspecify.annotations.NullMarked;
