/** Attributes of a profile between Java values and the bytes they are stored and sent as. */
@NullMarked
package io.zandloper.protocol.attributes;

import org.jspecify.annotations.NullMarked;
