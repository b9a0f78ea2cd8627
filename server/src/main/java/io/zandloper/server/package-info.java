/** The server: binary protocol, HTTP, decisions, replication, administration, command line. */
@NullMarked
package io.zandloper.server;

import org.jspecify.annotations.NullMarked;
