#pragma once

#include <gio/gio.h>

#define SIZE 1024

/* Places to draw at, far enough from each other to be cells of their own. */
enum
{
  N_ACROSS = 30,
  N_SITES = N_ACROSS * N_ACROSS,
  SPACING = SIZE / N_ACROSS,
};

int kill_site_x (guint site);
int kill_site_y (guint site);

void kill_write_image (GFile *file,
                       int width,
                       int height);
/* With a square of ImageJ's at every site. */
void kill_write_image_with_rois (GFile *file);
