#include "fuzz.h"

#include "io/tiff-meta.h"

#include <string.h>

const char *const fuzz_shared_folder = NULL;

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autofree char *xml = g_strndup ((const char *) data, size);
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/image.ome.tif");
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_auto (MgTiffLayout) layout = { 0 };
  MgImageInfo info = { 0 };

  info.n_channels = 1;
  if (g_utf8_validate (xml, -1, NULL) && _mg_ome_read (xml, file, 4, 1, &info, &layout, notes))
    g_assert_true ((layout.n_c > 0 && layout.n_z > 0 && layout.n_t > 0) || layout.n_c == 0);
  mg_image_info_clear (&info);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char *const texts[] = {
    "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:1\"><Image ID=\"Image:0\">"
    "<Pixels DimensionOrder=\"XYCZT\" Type=\"uint16\" SizeX=\"8\" SizeY=\"8\" SizeC=\"2\" SizeZ=\"2\" SizeT=\"1\" PhysicalSizeX=\"0.1\""
    " PhysicalSizeXUnit=\"nm\" PhysicalSizeZ=\"2\" TimeIncrement=\"3\"><Channel ID=\"Channel:0\" Name=\"DAPI\" SamplesPerPixel=\"1\""
    " Color=\"-16776961\"/><Channel Name=\"b\"/><TiffData IFD=\"0\" FirstC=\"1\" PlaneCount=\"2\"><UUID FileName=\"image.ome.tif\">"
    "urn:uuid:1</UUID></TiffData><TiffData IFD=\"2\" FirstZ=\"1\"/></Pixels></Image></OME>",
    "<OME><Image><Pixels DimensionOrder=\"XYZCT\" SizeC=\"1\" SizeZ=\"4\" SizeT=\"1\"><TiffData/></Pixels></Image></OME>",
    "<OME><Image><Pixels DimensionOrder=\"XYZTC\" SizeC=\"2\" SizeZ=\"2\" SizeT=\"2147483647\"><TiffData IFD=\"4294967295\" FirstT=\"3\">"
    "<UUID FileName=\"other.tif\">u</UUID></TiffData></Pixels></Image></OME>",
    "<OME><Image><Pixels DimensionOrder=\"XYCZT\" SizeC=\"65535\" SizeZ=\"1\" SizeT=\"1\"><Channel Name=\"a\" SamplesPerPixel=\"65535\"/>"
    "<TiffData IFD=\"0\"/></Pixels></Image></OME>",
    "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;\">]><OME>&y;</OME>",
  };

  fuzz_add_texts (seeds, texts, G_N_ELEMENTS (texts));
}
