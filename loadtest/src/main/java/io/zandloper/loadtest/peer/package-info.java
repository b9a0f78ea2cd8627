/** What load is put on to know what a figure is worth: a bare echo, and a server that does nothing. */
@NullMarked
package io.zandloper.loadtest.peer;

import org.jspecify.annotations.NullMarked;
