#include "compare/compare-page-private.h"

#include "image/derived.h"

enum
{
  CHANGED,
  MEASURE,
  MAP_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgComparePage, mg_compare_page, GTK_TYPE_BOX)

/* Before, its contrast is not known, and must not be asked for. */
static gboolean
is_loaded (MgComparePage *self)
{
  return self->document != NULL && mg_document_get_image (self->document) != NULL;
}

/**
 * mg_compare_page_get_channels:
 * @self: a page
 * @rendition: one of its renditions
 * @n: (out): how many channels
 *
 * Linked, every rendition is shown as the noisy one is: what differs is what was
 * changed.
 *
 * Returns: how its channels are shown
 */
const MgChannelView *
mg_compare_page_get_channels (MgComparePage *self,
                              MgRendition *rendition,
                              int *n)
{
  if (is_loaded (self) && (self->linked || mg_rendition_get_kind (rendition) == MG_RENDITION_NOISY))
    return mg_document_get_channels (self->document, n);
  return mg_rendition_get_channels (rendition, n);
}

/**
 * mg_compare_page_get_channel:
 * @self: a page
 *
 * Returns: the channel that is measured: the first that is seen
 */
int
mg_compare_page_get_channel (MgComparePage *self)
{
  const MgChannelView *channels;
  int n;

  if (!is_loaded (self))
    return 0;
  channels = mg_document_get_channels (self->document, &n);
  for (int c = 0; c < n; c++)
    if (channels[c].visible)
      return c;
  return 0;
}

/**
 * mg_compare_page_fits:
 * @self: a page
 * @rendition: one of its renditions
 *
 * Returns: whether it is loaded and of the noisy image's size
 */
gboolean
mg_compare_page_fits (MgComparePage *self,
                      MgRendition *rendition)
{
  MgImage *noisy = self->document != NULL ? mg_document_get_image (self->document) : NULL;
  MgImage *image = mg_rendition_get_image (rendition);
  const MgImageInfo *a, *b;

  if (image == NULL || noisy == NULL)
    return FALSE;
  a = mg_image_get_info (noisy);
  b = mg_image_get_info (image);
  return a->width == b->width && a->height == b->height;
}

static void
show_side (MgComparePage *self,
           MgCompareLayer layer,
           MgRendition *rendition)
{
  const MgChannelView *channels;
  int n;

  if (rendition == NULL || !mg_compare_page_fits (self, rendition))
    {
      mg_compare_view_set_layer (self->view, layer, NULL, NULL, NULL, 0);
      return;
    }
  channels = mg_compare_page_get_channels (self, rendition, &n);
  mg_compare_view_set_layer (self->view, layer, mg_rendition_get_pyramid (rendition), mg_rendition_get_title (rendition),
                             channels, n);
}

static void
update_empty (MgComparePage *self)
{
  MgImage *image = self->right != NULL ? mg_rendition_get_image (self->right) : NULL;
  g_autofree char *text = NULL;

  if (self->document == NULL || mg_document_get_image (self->document) == NULL)
    text = NULL;
  else if (self->right == NULL)
    text = g_strdup ("No result yet: press Train to learn from your images, Denoise to use a model, or try a Filter");
  else if (mg_rendition_has_failed (self->right))
    text = g_strdup_printf ("“%s” cannot be read", mg_rendition_get_title (self->right));
  else if (image == NULL)
    text = g_strdup ("Loading…");
  else if (!mg_compare_page_fits (self, self->right))
    text = g_strdup_printf ("“%s” has another size than the noisy image; they cannot be compared",
                            mg_rendition_get_title (self->right));
  gtk_label_set_text (self->empty, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->empty), text != NULL);
}

static void
show_both (MgComparePage *self)
{
  show_side (self, MG_COMPARE_LAYER_LEFT, self->left);
  show_side (self, MG_COMPARE_LAYER_RIGHT, self->right);
  _mg_compare_page_update_map (self);
  update_empty (self);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[MEASURE], 0);
}

static void
take (MgComparePage *self,
      MgRendition **side,
      MgRendition *rendition)
{
  if (!g_set_object (side, rendition))
    return;
  if (rendition != NULL)
    mg_renditions_load (self->renditions, rendition);
  show_both (self);
}

static gboolean
is_listed (MgComparePage *self,
           MgRendition *rendition)
{
  return rendition != NULL && mg_renditions_find (self->renditions, mg_rendition_get_id (rendition), NULL) == rendition;
}

/* The version a person chose, in every image that has it. */
static MgRendition *
find_chosen (MgComparePage *self,
             const char *id,
             MgRendition *otherwise)
{
  MgRendition *chosen = id != NULL ? mg_renditions_find (self->renditions, id, NULL) : NULL;

  return chosen != NULL ? chosen : otherwise;
}

/* What was shown is gone with another image or a newer result. */
static void
on_items_changed (GListModel *list,
                  guint position,
                  guint removed,
                  guint added,
                  MgComparePage *self)
{
  MgRendition *latest = mg_renditions_get_latest (self->renditions);
  MgRendition *clean = mg_renditions_get_clean (self->renditions);

  self->previewing = self->previewing && mg_renditions_find (self->renditions, "preview", NULL) != NULL;
  /* what all are measured against */
  if (clean != NULL)
    mg_renditions_load (self->renditions, clean);
  if (!is_listed (self, self->left))
    take (self, &self->left, find_chosen (self, self->left_choice, mg_renditions_get_noisy (self->renditions)));
  if (!is_listed (self, self->right) || (latest != NULL && !mg_rendition_is_restored (self->right)))
    take (self, &self->right, find_chosen (self, self->right_choice, latest != NULL ? latest : clean));
}

void
_mg_compare_page_choose (MgComparePage *self)
{
  MgRendition *latest = mg_renditions_get_latest (self->renditions);

  take (self, &self->left, find_chosen (self, self->left_choice, mg_renditions_get_noisy (self->renditions)));
  take (self, &self->right,
        find_chosen (self, self->right_choice, latest != NULL ? latest : mg_renditions_get_clean (self->renditions)));
}

static void
on_ready (MgRenditions *renditions,
          MgRendition *rendition,
          MgComparePage *self)
{
  /* what a network learns is shown, until the person looks at something else */
  if (mg_rendition_get_kind (rendition) == MG_RENDITION_PREVIEW && !self->previewing)
    {
      self->previewing = TRUE;
      g_set_object (&self->right, rendition);
    }
  if (rendition == self->left || rendition == self->right || mg_rendition_get_kind (rendition) == MG_RENDITION_CLEAN)
    show_both (self);
}

/* A new result is what was waited for. */
static void
on_restored (MgSession *session,
             MgDocument *document,
             const char *id,
             MgImage *image,
             MgComparePage *self)
{
  if (document != self->document || mg_renditions_find (self->renditions, id, NULL) == NULL)
    return;
  _mg_compare_page_set_choice (self, FALSE, NULL);
  take (self, &self->right, mg_renditions_find (self->renditions, id, NULL));
}

static void
on_mode (MgComparePage *self)
{
  _mg_compare_page_update_map (self);
}

/* A region's first strip takes as much of the page as the last one did. */
static void
place_strip (MgComparePage *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->paned));
  MgRect roi;

  if (self->strip_placed || height <= 0 || !mg_compare_view_get_roi (self->view, &roi))
    return;
  gtk_paned_set_position (self->paned, (int) (height * (1 - self->strip_share)));
  self->strip_placed = TRUE;
}

static void
on_strip_moved (MgComparePage *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->paned));
  MgRect roi;

  if (!self->strip_placed || height <= 0 || !mg_compare_view_get_roi (self->view, &roi))
    return;
  self->strip_share = CLAMP (1 - gtk_paned_get_position (self->paned) / (double) height, 0.05, 0.9);
  _mg_compare_page_notify_strip (self);
}

static void
on_roi (MgComparePage *self)
{
  place_strip (self);
  g_signal_emit (self, signals[MEASURE], 0);
}

static void
mg_compare_page_dispose (GObject *object)
{
  MgComparePage *self = MG_COMPARE_PAGE (object);

  _mg_compare_page_map_dispose (self);
  if (self->renditions != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->renditions, self);
      mg_renditions_set_document (self->renditions, NULL);
    }
  g_clear_object (&self->renditions);
  g_clear_object (&self->left);
  g_clear_object (&self->right);
  g_clear_object (&self->document);
  g_clear_pointer (&self->left_choice, g_free);
  g_clear_pointer (&self->right_choice, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_COMPARE_PAGE);
  G_OBJECT_CLASS (mg_compare_page_parent_class)->dispose (object);
}

static void
mg_compare_page_class_init (MgComparePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = mg_compare_page_dispose;
  _mg_compare_page_install_properties (object_class);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MAP_CHANGED] = g_signal_new ("map-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MEASURE] = g_signal_new ("measure", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (MG_TYPE_COMPARE_VIEW);
  g_type_ensure (MG_TYPE_COMPARE_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/compare-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MgComparePage, view);
  gtk_widget_class_bind_template_child (widget_class, MgComparePage, empty);
  gtk_widget_class_bind_template_child (widget_class, MgComparePage, paned);
  gtk_widget_class_bind_template_child (widget_class, MgComparePage, strip);
}

static void
mg_compare_page_init (MgComparePage *self)
{
  self->linked = TRUE;
  self->strip_share = 0.25;
  _mg_compare_page_map_init (self);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->view, "notify::mode", G_CALLBACK (on_mode), self);
  g_signal_connect_swapped (self->paned, "notify::position", G_CALLBACK (on_strip_moved), self);
  g_signal_connect_swapped (self->view, "roi-changed", G_CALLBACK (on_roi), self);
}

/**
 * mg_compare_page_set_session:
 * @self: a page
 * @session: whose images; set once
 */
void
mg_compare_page_set_session (MgComparePage *self,
                             MgSession *session)
{
  self->session = session;
  self->renditions = mg_renditions_new (session);
  g_signal_connect (self->renditions, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (self->renditions, "ready", G_CALLBACK (on_ready), self);
  /* after the renditions have heard of it */
  g_signal_connect_object (session, "restored", G_CALLBACK (on_restored), self, 0);
  mg_compare_strip_set_page (self->strip, self);
}

/**
 * mg_compare_page_set_document:
 * @self: a page
 * @document: (nullable): the image in view, loaded or not
 */
void
mg_compare_page_set_document (MgComparePage *self,
                              MgDocument *document)
{
  if (!g_set_object (&self->document, document))
    return;
  mg_renditions_set_document (self->renditions, document);
  show_both (self);
}

/**
 * mg_compare_page_set_plane:
 * @self: a page
 * @z: slice
 * @t: time point
 */
void
mg_compare_page_set_plane (MgComparePage *self,
                           int z,
                           int t)
{
  if (self->z == z && self->t == t)
    return;
  self->z = z;
  self->t = t;
  mg_compare_view_set_plane (self->view, z, t);
  _mg_compare_page_update_map (self);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[MEASURE], 0);
}

/**
 * mg_compare_page_get_plane:
 * @self: a page
 * @z: (out): slice
 * @t: (out): time point
 */
void
mg_compare_page_get_plane (MgComparePage *self,
                           int *z,
                           int *t)
{
  *z = self->z;
  *t = self->t;
}

/**
 * mg_compare_page_show_channels:
 * @self: a page
 *
 * The document's contrast has changed.
 */
void
mg_compare_page_show_channels (MgComparePage *self)
{
  show_side (self, MG_COMPARE_LAYER_LEFT, self->left);
  show_side (self, MG_COMPARE_LAYER_RIGHT, self->right);
  g_signal_emit (self, signals[CHANGED], 0);
  if (self->channel == mg_compare_page_get_channel (self))
    return;
  self->channel = mg_compare_page_get_channel (self);
  _mg_compare_page_update_map (self);
  g_signal_emit (self, signals[MEASURE], 0);
}

/**
 * mg_compare_page_show_preview:
 * @self: a page
 * @image: what it is a preview of; another than the one in view is left out
 * @restored: what a learning network makes of a part of it
 * @rect: which part
 */
void
mg_compare_page_show_preview (MgComparePage *self,
                              MgImage *image,
                              MgImage *restored,
                              const MgRect *rect)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) patched = NULL;

  if (self->document == NULL || mg_document_get_image (self->document) != image)
    return;
  patched = mg_image_patched (image, restored, rect->x, rect->y, &error);
  if (patched != NULL)
    mg_renditions_set_preview (self->renditions, patched);
  else
    g_message ("a preview is left out: %s", error->message);
}

/**
 * mg_compare_page_end_preview:
 * @self: a page
 *
 * The network does not learn any more.
 */
void
mg_compare_page_end_preview (MgComparePage *self)
{
  mg_renditions_set_preview (self->renditions, NULL);
}

/**
 * mg_compare_page_cycle:
 * @self: a page
 *
 * Noisy, split, side by side, denoised, and again.
 */
void
mg_compare_page_cycle (MgComparePage *self)
{
  MgCompareMode mode = mg_compare_view_get_mode (self->view);

  mg_compare_view_set_mode (self->view, mode < MG_COMPARE_RIGHT ? mode + 1 : MG_COMPARE_LEFT);
}

/**
 * mg_compare_page_get_view:
 * @self: a page
 *
 * Returns: (transfer none): where the images are
 */
MgCompareView *
mg_compare_page_get_view (MgComparePage *self)
{
  return self->view;
}

/**
 * mg_compare_page_get_renditions:
 * @self: a page with a session
 *
 * Returns: (transfer none): what can be compared
 */
MgRenditions *
mg_compare_page_get_renditions (MgComparePage *self)
{
  return self->renditions;
}

/**
 * mg_compare_page_get_left:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): what is shown at the left
 */
MgRendition *
mg_compare_page_get_left (MgComparePage *self)
{
  return self->left;
}

/**
 * mg_compare_page_get_right:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): what is shown at the right
 */
MgRendition *
mg_compare_page_get_right (MgComparePage *self)
{
  return self->right;
}

/**
 * mg_compare_page_set_left:
 * @self: a page
 * @rendition: one of its renditions
 */
void
mg_compare_page_set_left (MgComparePage *self,
                          MgRendition *rendition)
{
  _mg_compare_page_set_choice (self, TRUE, mg_rendition_get_id (rendition));
  take (self, &self->left, rendition);
}

/**
 * mg_compare_page_set_right:
 * @self: a page
 * @rendition: one of its renditions
 */
void
mg_compare_page_set_right (MgComparePage *self,
                           MgRendition *rendition)
{
  _mg_compare_page_set_choice (self, FALSE, mg_rendition_get_id (rendition));
  take (self, &self->right, rendition);
}
