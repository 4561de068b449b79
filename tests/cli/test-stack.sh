# Stacks and series: every plane of them.

stack () { python3 "$here/stack.py" "$@"; }
imagej="$(printf 'ImageJ=1.53t\nimages=4\nslices=2\nframes=2\n')"

mkdir -p stack/images stack/labels stack/flat
stack "$imagej" project/images/*.tif >stack/images/cells.tif
stack "$imagej" project/labels/*.tif >stack/labels/cells.tif
run 'a stack is predicted plane by plane' 0 'cells.tif: [0-9]+ cells in 4 planes' "$cli" predict --model model.safetensors \
  --images stack/images --out stack/found --device cpu
check 'nothing else is left there' same_files stack/found 'cells.tif '
run 'its labels have the axes of the stack' 0 'axes: TZYX' "$cli" info stack/found/cells.tif
check 'and its size' grep -q '2 slices, 2 frames' out
run 'the same planes as flat images' 0 'cells-004.tif: ' "$cli" predict --model model.safetensors --images project/images \
  --out stack/flat --device cpu
"$cli" evaluate --predicted stack/flat --truth project/labels >stack/flat.txt
"$cli" evaluate --predicted stack/found --truth stack/labels >stack/found.txt
check 'have the same cells' sh -c 'test "$(sed -n 5p stack/flat.txt)" = "$(sed -n 5p stack/found.txt)"'
run 'a stack against itself is perfect' 0 '"mean_ap" : 1(\.0)?,?$' "$cli" evaluate --predicted stack/labels --truth stack/labels --json
run 'measure has a row a cell and plane' 0 'rows' "$cli" measure --labels stack/found --images stack/images --out stack/table.csv
check 'with slice and frame' sh -c 'head -1 stack/table.csv | grep -q ",slice,frame$" && tail -1 stack/table.csv | grep -q ",2,2$"'
check 'and the numbers of the labels, each once' sh -c \
  'test "$(tail -n +2 stack/table.csv | cut -d, -f2 | sort -u | wc -l)" -eq "$(tail -n +2 stack/table.csv | wc -l)"'
run 'maps of every plane' 0 '"planes" : 4' "$cli" predict --model model.safetensors --images stack/images --out stack/maps --maps --json --device cpu
check 'are files of their own' same_files stack/maps/maps 'cells-plane-002.tif cells-plane-003.tif cells-plane-004.tif cells.tif '
mkdir stack/other
cp project/labels/cells-001.tif stack/other/cells.tif
refused 'labels of another number of planes' 1 stack/other/cells.tif 'slices' "$cli" evaluate --predicted stack/other --truth stack/labels
mkdir stack/one
cp project/images/cells-001.tif stack/one/cells.tif
refused 'a stack of labels for a flat image' 1 cells 'the labels have 2 slices' "$cli" measure --labels stack/labels --images stack/one --out stack/never.csv

# one image in two files
set_of () { # NUMBER: the description that file of the set has
  printf '<?xml version="1.0"?><OME UUID="urn:uuid:%s"><Image><Pixels SizeX="96" SizeY="96" DimensionOrder="XYZCT" SizeC="1" SizeZ="2" SizeT="1">' "$1"
  for i in 1 2; do
    printf '<TiffData FirstZ="%d" IFD="0"><UUID FileName="set-%d.ome.tif">urn:uuid:%d</UUID></TiffData>' $((i - 1)) $i $i
  done
  printf '</Pixels></Image></OME>'
}
mkdir stack/set
for i in 1 2; do stack "$(set_of $i)" project/images/cells-00$i.tif >stack/set/set-$i.ome.tif; done
cp project/images/cells-003.tif stack/set/
run 'files of a set are one image' 0 'set-1.tif: [0-9]+ cells in 2 planes' "$cli" predict --model model.safetensors --images stack/set \
  --out stack/of-set --device cpu
check 'which is predicted once' same_files stack/of-set 'cells-003.tif set-1.tif '
run 'also where each is named' 0 'set-2.tif: [0-9]+ cells in 2 planes' "$cli" predict --model model.safetensors --out stack/of-named \
  --device cpu stack/set/set-2.ome.tif stack/set/set-1.ome.tif
check 'by the one named first' same_files stack/of-named 'set-2.tif '

# axes as programs say them
axes_of () { # DESCRIPTION: info of four pages that have it
  stack "$1" project/images/*.tif >stack/axes.tif
  "$cli" info stack/axes.tif
}
run 'axes of ImageJ' 0 'axes: TZYX' axes_of "$imagej"
run 'axes of tifffile' 0 'axes: CTYX' axes_of '{"shape": [2, 2, 96, 96], "axes": "CTYX"}'
check 'are channels and frames' grep -q '2 channels, 1 slices, 2 frames' out
run 'a shape without axes is a guess' 0 'note: .*taken as 2 slices and 2 channels' axes_of '{"shape": [2, 2, 96, 96]}'
run 'a shape of other pages is not used' 0 'axes: IYX' axes_of '{"shape": [3, 3, 96, 96], "axes": "CTYX"}'
run 'pages of which nothing is said' 0 'axes: IYX' axes_of ''
run 'and as JSON' 0 '"axes" : "IYX"' "$cli" info --json stack/axes.tif

# pages that say nothing, or something wrong, of what they are
mkdir stack/pages
stack '' project/images/*.tif >stack/pages/cells.tif
run 'pages are taken for slices' 0 '"n_z" : 4' "$cli" info --json stack/pages/cells.tif
run 'the person knows that they are frames' 0 '"n_t" : 4' "$cli" info --json --axes CTZ stack/pages/cells.tif
run 'and how large a pixel is' 0 '"pixel_width" : 0\.13(0|,)' "$cli" info --json --pixel-size 0.13 stack/pages/cells.tif
run 'a prediction goes by that' 0 '4 planes' "$cli" predict --model model.safetensors --images stack/pages --out stack/of-pages \
  --device cpu --axes CTZ --pixel-size 0.13
run 'and its labels say so' 0 '"n_t" : 4' "$cli" info --json stack/of-pages/cells.tif
check 'with the pixel size' sh -c '"$0" info --json stack/of-pages/cells.tif | grep -q "pixel_width. : 0\.1[23]"' "$cli"
run 'measure goes by it too' 0 'rows' "$cli" measure --labels stack/of-pages --images stack/pages --axes CTZ --out stack/frames.csv
check 'with frames' sh -c 'head -1 stack/frames.csv | grep -q ",frame$"'
refused 'axes that are none' 2 axes 'C, Z and T once each' "$cli" info --axes XYZ stack/pages/cells.tif
refused 'a pixel size that is none' 2 '-1' 'no pixel size in µm' "$cli" info --pixel-size -1 stack/pages/cells.tif
