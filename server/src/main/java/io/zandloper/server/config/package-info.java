/**
 * How the server is set up: named settings, taken from the command line, the environment and a file in this order, and
 * concluded once into one immutable {@link io.zandloper.server.config.ServerConfig}.
 */
@NullMarked
package io.zandloper.server.config;

import org.jspecify.annotations.NullMarked;
