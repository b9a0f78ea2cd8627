/**
 * Files of profiles or events, read as lines of JSON: JSON lines as they are, CSV rows turned into profiles, either of
 * them compressed or not. Every line keeps the number it has in its file, so that a refusal can name it.
 */
@NullMarked
package io.zandloper.server.files;

import org.jspecify.annotations.NullMarked;
