#pragma once

#include <gtk/gtk.h>

void mg_scroll_guard_install (GtkScrolledWindow *scrolled);
