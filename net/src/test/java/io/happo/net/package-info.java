@NullMarked
package io.happo.net;

import org.jspecify.annotations.NullMarked;
