#version 330
// Nothing but depth: the map's own, and, with METRES, the distance along the optical axis.
#ifdef METRES
in float z;
out float depth;
#endif
#ifdef HOLES
in vec2 at;
flat in float layer;
flat in float opacity;
uniform sampler2DArray wide;
uniform sampler2DArray narrow;

bool is_hole() {
    if (opacity < 0.999) return true;
    if (layer < 0.0) return false;
#ifdef METRES // at the sharpness of what surface.frag shades, whose holes these are
    return (layer >= 4096.0 ? texture(wide, vec3(at, layer - 4096.0)) : texture(narrow, vec3(at, layer))).a < 0.5;
#else
    return (layer >= 4096.0 ? textureLod(wide, vec3(at, layer - 4096.0), 2.0) : textureLod(narrow, vec3(at, layer), 1.0)).a < 0.5;
#endif
}
#endif

void main() {
#ifdef HOLES
    if (is_hole()) discard;
#endif
#ifdef METRES
    depth = z;
#endif
}
