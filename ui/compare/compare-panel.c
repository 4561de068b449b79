#include "compare/compare-panel.h"

struct _MgComparePanel
{
  GtkBox parent_instance;

  MgComparePage *page; /* borrowed: of the same window */
  gboolean updating;

  GtkDropDown *left;
  GtkDropDown *right;
};

G_DEFINE_FINAL_TYPE (MgComparePanel, mg_compare_panel, GTK_TYPE_BOX)

static void
fill (MgComparePanel *self,
      GtkDropDown *chooser,
      MgRendition *chosen)
{
  GListModel *renditions = G_LIST_MODEL (mg_compare_page_get_renditions (self->page));
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint n = g_list_model_get_n_items (renditions), selected = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    {
      MgRendition *rendition = mg_renditions_get (MG_RENDITIONS (renditions), i);

      gtk_string_list_append (titles, mg_rendition_get_title (rendition));
      if (rendition == chosen)
        selected = i;
    }
  gtk_drop_down_set_model (chooser, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (chooser, selected);
  gtk_widget_set_sensitive (GTK_WIDGET (chooser), n > 1);
}

static void
update (MgComparePanel *self)
{
  self->updating = TRUE;
  fill (self, self->left, mg_compare_page_get_left (self->page));
  fill (self, self->right, mg_compare_page_get_right (self->page));
  self->updating = FALSE;
}

static void
choose (MgComparePanel *self,
        GtkDropDown *chooser,
        void (*set) (MgComparePage *page, MgRendition *rendition))
{
  MgRendition *rendition;

  if (self->updating || self->page == NULL)
    return;
  rendition = mg_renditions_get (mg_compare_page_get_renditions (self->page), gtk_drop_down_get_selected (chooser));
  if (rendition != NULL)
    set (self->page, rendition);
}

static void
on_left (MgComparePanel *self)
{
  choose (self, self->left, mg_compare_page_set_left);
}

static void
on_right (MgComparePanel *self)
{
  choose (self, self->right, mg_compare_page_set_right);
}

static void
mg_compare_panel_dispose (GObject *object)
{
  MgComparePanel *self = MG_COMPARE_PANEL (object);

  self->updating = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_COMPARE_PANEL);
  G_OBJECT_CLASS (mg_compare_panel_parent_class)->dispose (object);
}

static void
mg_compare_panel_class_init (MgComparePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_compare_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/compare-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, left);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, right);
  gtk_widget_class_bind_template_callback (widget_class, on_left);
  gtk_widget_class_bind_template_callback (widget_class, on_right);
}

static void
mg_compare_panel_init (MgComparePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_compare_panel_set_page:
 * @self: a panel
 * @page: what it speaks of; set once
 */
void
mg_compare_panel_set_page (MgComparePanel *self,
                           MgComparePage *page)
{
  self->page = page;
  g_signal_connect_object (page, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mg_compare_page_get_renditions (page), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  update (self);
}
