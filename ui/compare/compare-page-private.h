#pragma once

#include "compare/compare-map.h"
#include "compare/compare-page.h"
#include "compare/compare-strip.h"

struct _MgComparePage
{
  GtkBox parent_instance;

  MgSession *session;   /* borrowed: the window's, which outlives this */
  MgDocument *document; /* (nullable) */
  MgRenditions *renditions;
  MgRendition *left, *right;        /* (nullable) */
  char *left_choice, *right_choice; /* (nullable): ids of what the person chose; else what is usual */
  gboolean previewing;              /* a learning network's image has been shown */
  int z, t;
  int channel; /* that was measured last */
  gboolean linked;
  MgCompareMapper *mapper;
  MgCompareMapKind map;
  MgChannelView map_views[MG_VIEW_MAX_CHANNELS]; /* the last one is shown */
  int n_map_views;
  MgPyramid *map_pyramid; /* (nullable): as shown */
  char *map_title;

  MgCompareView *view;
  GtkLabel *empty;
  GtkPaned *paned;
  MgCompareStrip *strip;
  gboolean strip_placed; /* it has been seen; its height is the person's since */
  double strip_share;    /* of the page's height */
};

void _mg_compare_page_install_properties (GObjectClass *object_class);
void _mg_compare_page_set_choice (MgComparePage *self,
                                  gboolean left,
                                  const char *id);
void _mg_compare_page_choose (MgComparePage *self);
void _mg_compare_page_notify_map (MgComparePage *self);
void _mg_compare_page_notify_strip (MgComparePage *self);

void _mg_compare_page_map_init (MgComparePage *self);
void _mg_compare_page_map_dispose (MgComparePage *self);
void _mg_compare_page_update_map (MgComparePage *self);
