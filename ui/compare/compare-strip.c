#include "compare/compare-strip.h"

#include "compare/inset-view.h"
#include "compare/profile-view.h"

#define N_INSETS 3

struct _MgCompareStrip
{
  GtkBox parent_instance;

  MgComparePage *page; /* borrowed: it holds this */
  MgInsetView *insets[N_INSETS];
  MgProfileView *profile;
};

G_DEFINE_FINAL_TYPE (MgCompareStrip, mg_compare_strip, GTK_TYPE_BOX)

/* Left, right, and the clean image where it is none of them. */
static void
get_renditions (MgCompareStrip *self,
                MgRendition *out[N_INSETS])
{
  MgRendition *clean = mg_renditions_get_clean (mg_compare_page_get_renditions (self->page));

  out[0] = mg_compare_page_get_left (self->page);
  out[1] = mg_compare_page_get_right (self->page);
  out[2] = clean != out[0] && clean != out[1] ? clean : NULL;
  for (int i = 0; i < N_INSETS; i++)
    if (out[i] != NULL && !mg_compare_page_fits (self->page, out[i]))
      out[i] = NULL;
  if (out[1] == out[0])
    out[1] = NULL;
}

static void
update_region (MgCompareStrip *self)
{
  MgRendition *renditions[N_INSETS];
  MgProfileSource sources[N_INSETS];
  int z, t;
  gboolean seen;
  MgRect roi;
  guint n = 0;

  seen = mg_compare_view_get_roi (mg_compare_page_get_view (self->page), &roi);
  gtk_widget_set_visible (GTK_WIDGET (self), seen);
  if (!seen)
    return;
  get_renditions (self, renditions);
  for (int i = 0; i < N_INSETS; i++)
    {
      mg_inset_view_set_region (self->insets[i], &roi);
      if (renditions[i] != NULL)
        sources[n++] = (MgProfileSource){ mg_rendition_get_image (renditions[i]), mg_rendition_get_title (renditions[i]) };
    }
  mg_compare_page_get_plane (self->page, &z, &t);
  mg_profile_view_set (self->profile, sources, n, mg_compare_page_get_channel (self->page), z, t, &roi);
}

static void
update (MgCompareStrip *self)
{
  MgRendition *renditions[N_INSETS];
  int z, t;

  mg_compare_page_get_plane (self->page, &z, &t);
  get_renditions (self, renditions);
  for (int i = 0; i < N_INSETS; i++)
    {
      const MgChannelView *channels = NULL;
      int n = 0;

      if (renditions[i] != NULL)
        channels = mg_compare_page_get_channels (self->page, renditions[i], &n);
      mg_inset_view_set_image (self->insets[i], renditions[i] != NULL ? mg_rendition_get_pyramid (renditions[i]) : NULL,
                               renditions[i] != NULL ? mg_rendition_get_title (renditions[i]) : NULL, channels, n, z, t);
    }
  update_region (self);
}

static void
on_zoom (MgInsetView *inset,
         double factor,
         MgCompareStrip *self)
{
  mg_compare_view_zoom_roi (mg_compare_page_get_view (self->page), factor);
}

static void
on_moved (MgInsetView *inset,
          double dx,
          double dy,
          MgCompareStrip *self)
{
  mg_compare_view_move_roi (mg_compare_page_get_view (self->page), (int) dx, (int) dy);
}

static void
mg_compare_strip_class_init (MgCompareStripClass *klass)
{
}

static void
mg_compare_strip_init (MgCompareStrip *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 4);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_set_size_request (GTK_WIDGET (self), -1, 150);
  gtk_widget_add_css_class (GTK_WIDGET (self), "compare-strip");
  for (int i = 0; i < N_INSETS; i++)
    {
      self->insets[i] = g_object_new (MG_TYPE_INSET_VIEW, "visible", FALSE, "width-request", 100, NULL);
      g_signal_connect (self->insets[i], "zoom", G_CALLBACK (on_zoom), self);
      g_signal_connect (self->insets[i], "moved", G_CALLBACK (on_moved), self);
      gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->insets[i]));
    }
  self->profile = g_object_new (MG_TYPE_PROFILE_VIEW, NULL);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->profile));
}

/**
 * mg_compare_strip_set_page:
 * @self: a strip
 * @page: whose region and images; set once
 */
void
mg_compare_strip_set_page (MgCompareStrip *self,
                           MgComparePage *page)
{
  self->page = page;
  g_signal_connect_object (page, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mg_compare_page_get_view (page), "roi-changed", G_CALLBACK (update_region), self,
                           G_CONNECT_SWAPPED);
}
