/** The main job in one go, as a newcomer sees it: generate, serve, import, decide, measure. */
@NullMarked
package io.zandloper.loadtest.demo;

import org.jspecify.annotations.NullMarked;
