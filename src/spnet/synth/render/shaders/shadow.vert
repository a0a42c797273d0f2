#version 330
// Takes a corner to a light's map; with HOLES, tells what the fragment needs to see through leaves and panes.
in vec3 position;
uniform mat4 pose;
uniform mat4 to_light;
#ifdef HOLES
in vec2 uv;
in uint material;
uniform int first_material;
uniform sampler2D materials;
out vec2 at;
flat out float layer;
flat out float opacity;
#endif

void main() {
#ifdef HOLES
    int row = first_material + int(material);
    vec4 texture_of = texelFetch(materials, ivec2(1, row), 0);
    opacity = texelFetch(materials, ivec2(2, row), 0).w;
    layer = texture_of.x;
    at = uv / texture_of.y;
#endif
    gl_Position = to_light * (pose * vec4(position, 1.0));
}
