#pragma once

#include "project/project.h"

GPtrArray *mg_project_find_missing (GPtrArray *items,
                                    GFile *folder,
                                    GCancellable *cancellable,
                                    GError **error);
