#version 330
// Takes a corner to a view of which only depth is wanted: a light's, or, with METRES, the camera's.
// With HOLES, tells what the fragment needs to see through leaves and panes.
in vec3 position;
uniform mat4 pose;        // of the object
#ifdef METRES
uniform mat4 to_camera;
uniform mat4 to_clip;     // from the camera's axes
out float z;
#else
uniform mat4 to_light;
#endif
#ifdef HOLES
in vec2 uv;
in uint material;
uniform int first_material;
layout(std140) uniform Materials { vec4 rows[3900]; };
out vec2 at;
flat out float layer;
flat out float opacity;
#endif

void main() {
#ifdef HOLES
    int row = 3 * (first_material + int(material));
    vec4 texture_of = rows[row + 1];
    opacity = rows[row + 2].w;
    layer = texture_of.x;
    at = uv / texture_of.y;
#endif
    vec4 placed = pose * vec4(position, 1.0);
#ifdef METRES
    vec4 seen = to_camera * placed;
    z = seen.z;
    gl_Position = to_clip * seen;
#else
    gl_Position = to_light * placed;
#endif
}
