/** What a server is to others, primary or replica, as its ports need to know it. */
@NullMarked
package io.zandloper.server.role;

import org.jspecify.annotations.NullMarked;
