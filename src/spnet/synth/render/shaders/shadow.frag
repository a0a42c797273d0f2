#version 330
#ifdef HOLES
in vec2 at;
flat in float layer;
flat in float opacity;
uniform sampler2DArray wide;
uniform sampler2DArray narrow;

void main() {
    if (opacity < 0.999) discard;
    if (layer >= 4096.0 && textureLod(wide, vec3(at, layer - 4096.0), 2.0).a < 0.5) discard;
    if (layer >= 0.0 && layer < 4096.0 && textureLod(narrow, vec3(at, layer), 1.0).a < 0.5) discard;
}
#else
void main() {}
#endif
