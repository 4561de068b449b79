#pragma once

#include <glib.h>

char *mg_file_name_complete (const char *typed,
                             const char *const *endings);
