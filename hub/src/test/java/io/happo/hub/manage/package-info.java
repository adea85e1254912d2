@NullMarked
package io.happo.hub.manage;

import org.jspecify.annotations.NullMarked;
