#pragma once

#include "cli/common.h"

/* What --format figure understands besides --images and --out. */
extern const GOptionEntry cli_figure_entries[];

/* Writes noisy and denoised versions of one image as a figure. */
int cli_export_figure (const char *noisy,
                       const char *out,
                       const CliCommon *common);
