/** Consent strings of the IAB, decoded by the IAB's own libraries into purposes. */
@NullMarked
package io.zandloper.server.consent;

import org.jspecify.annotations.NullMarked;
