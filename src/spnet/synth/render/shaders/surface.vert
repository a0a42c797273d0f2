#version 330
// Takes a corner of a triangle to the sample grid, with the material it carries.
in vec3 position;
in vec3 normal;
in vec2 uv;
in uint material;
uniform mat4 pose;        // of the object
uniform mat3 pose_normal; // its inverse transpose
uniform mat4 to_camera;
uniform mat4 to_clip;     // from the camera's axes
uniform int first_material;
layout(std140) uniform Materials {
    vec4 rows[3900]; // three each: colour+emission, texture+repeat+metres+regular, gloss+metal+bump+opacity
};
out vec3 world;
out vec3 facing;
out vec2 at;
out float z;
flat out vec4 colour;
flat out vec4 texture_of;
flat out vec4 finish;

void main() {
    vec4 placed = pose * vec4(position, 1.0);
    vec4 seen = to_camera * placed;
    int row = 3 * (first_material + int(material));
    colour = rows[row];
    texture_of = rows[row + 1];
    finish = rows[row + 2];
    world = placed.xyz;
    facing = pose_normal * normal;
    at = uv / texture_of.y;
    z = seen.z;
    gl_Position = to_clip * seen;
}
