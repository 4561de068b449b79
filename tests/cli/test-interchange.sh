# Annotation out to other programs' formats and back; needs project/ of test-main.sh.

cells=project/labels/cells-001.tif
for format in imagej:zip geojson:geojson labels:tif outlines:txt; do
  run "export ${format%:*}" 0 '1 file$' "$cli" export --labels $cells --format ${format%:*} --out exported.${format#*:}
done
for file in exported.zip exported.geojson exported.tif; do
  mkdir -p imported one-truth
  cp $cells one-truth
  run "import $file" 0 'cells$' "$cli" import --from $file --out imported/cells-001.tif --image project/images/cells-001.tif
  run "labels come back from $file" 0 '"mean_ap" : 1(\.0)?,?$' "$cli" evaluate --predicted imported --truth one-truth --json
done
run 'the pixel size is the image’s' 0 'pixel size: 0.325' "$cli" info imported/cells-001.tif
run 'import --json' 0 '"cut_pixels" : 0' "$cli" import --from exported.zip --size 96x96 --out sized.tif --json
run 'the size can be told' 0 '96 × 96 pixels' "$cli" info sized.tif
run 'export of a folder' 0 '4 files$' "$cli" export --labels project/labels --format geojson --out geojsons
check 'with the images names' same_files geojsons 'cells-001.geojson cells-002.geojson cells-003.geojson cells-004.geojson '
run 'measurements go with GeoJSON' 0 '1 file' "$cli" export --labels $cells --images project/images/cells-001.tif \
  --format geojson --measurements --out measured.geojson
check 'they have units' grep -q '"area um^2":' measured.geojson

refused 'no image to draw over' 2 'overlay' '--images' "$cli" export --labels $cells --format overlay --out o.png
refused 'an unknown format' 2 'tiff' 'geojson' "$cli" export --labels $cells --format tiff --out o.tif
refused 'measurements in ROIs' 2 'geojson' '' "$cli" export --labels $cells --format imagej --measurements --out o.zip
refused 'a size that is none' 2 '96' 'width' "$cli" import --from exported.zip --size 96 --out o.tif
refused 'two sizes' 2 '--image' '--size' "$cli" import --from exported.zip --size 96x96 --image $cells --out o.tif
head -c $(($(wc -c <exported.zip) - 300)) exported.zip >cut.zip
refused 'a truncated RoiSet.zip' 1 cut.zip 'damaged' "$cli" import --from cut.zip --out o.tif
printf 'Iout\0\343\0\0' >short.roi
refused 'a truncated ROI' 1 short.roi '' "$cli" import --from short.roi --out o.tif
head -c $(($(wc -c <exported.geojson) / 2)) exported.geojson >cut.geojson
refused 'a truncated GeoJSON' 1 cut.geojson 'GeoJSON' "$cli" import --from cut.geojson --out o.tif
head -c 2000000 /dev/zero | tr '\0' '[' >deep.json
refused 'a GeoJSON of brackets only' 1 deep.json 'GeoJSON' "$cli" import --from deep.json --out o.tif
refused 'an image without stored ROIs' 1 cells-001.tif 'no ROIs' "$cli" import --overlay --from $cells --out o.tif
refused 'labels of another size than the image' 1 cells-001.tif '96' "$cli" import --from $cells --size 97x96 --out o.tif
refused 'a file that is not there' 1 nowhere.zip '' "$cli" import --from nowhere.zip --out o.tif
refused 'a picture as labels' 1 exported.txt '' "$cli" import --from exported.txt --out o.tif
check 'nothing was written of those' sh -c '! ls o.* .o.* 2>/dev/null'
