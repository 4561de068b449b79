#pragma once

#include "compare/compare-map.h"
#include "compare/compare-view.h"
#include "compare/renditions.h"

/* The comparison as a whole: which two renditions of the image in view lie
 * beside each other, how, and what is seen of a region.
 *
 * Properties: "linked": all renditions are shown with the noisy image's contrast;
 * "left-version", "right-version": ids of the versions the person chose, in every
 * image that has them, NULL for what is usual; "map" (MgCompareMapKind);
 * "strip-share": of the height, for what is seen of the region.
 * Signals: "changed": another left or right, or their pixels arrived; "measure":
 * so, or another region or plane: what is measured is out of date; "map-changed". */
#define MG_TYPE_COMPARE_PAGE (mg_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (MgComparePage, mg_compare_page, MG, COMPARE_PAGE, GtkBox)

void mg_compare_page_set_session (MgComparePage *self,
                                  MgSession *session);
void mg_compare_page_set_document (MgComparePage *self,
                                   MgDocument *document);
void mg_compare_page_set_plane (MgComparePage *self,
                                int z,
                                int t);
void mg_compare_page_show_channels (MgComparePage *self);
void mg_compare_page_show_preview (MgComparePage *self,
                                   MgImage *image,
                                   MgImage *restored,
                                   const MgRect *rect);
void mg_compare_page_end_preview (MgComparePage *self);
void mg_compare_page_cycle (MgComparePage *self);
MgCompareView *mg_compare_page_get_view (MgComparePage *self);
MgRenditions *mg_compare_page_get_renditions (MgComparePage *self);
MgRendition *mg_compare_page_get_left (MgComparePage *self);
MgRendition *mg_compare_page_get_right (MgComparePage *self);
void mg_compare_page_set_left (MgComparePage *self,
                               MgRendition *rendition);
void mg_compare_page_set_right (MgComparePage *self,
                                MgRendition *rendition);
void mg_compare_page_get_plane (MgComparePage *self,
                                int *z,
                                int *t);
void mg_compare_page_describe_async (MgComparePage *self,
                                     int x,
                                     int y,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
char *mg_compare_page_describe_finish (MgComparePage *self,
                                       GAsyncResult *result);
const MgChannelView *mg_compare_page_get_channels (MgComparePage *self,
                                                   MgRendition *rendition,
                                                   int *n);
int mg_compare_page_get_channel (MgComparePage *self);
gboolean mg_compare_page_fits (MgComparePage *self,
                               MgRendition *rendition);
gboolean mg_compare_page_get_map_range (MgComparePage *self,
                                        double *range);
void mg_compare_page_set_map_range (MgComparePage *self,
                                    double range);
MgPyramid *mg_compare_page_get_map (MgComparePage *self,
                                    const char **title,
                                    const MgChannelView **views,
                                    int *n_views);
void mg_compare_page_set_map (MgComparePage *self,
                              MgCompareMapKind kind);
