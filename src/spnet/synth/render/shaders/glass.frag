#version 330
// Panes and bottles: a tint of what is behind, and a reflection of the sky. Depth stays that of what is behind.
in vec3 world;
in vec3 facing;
in vec2 at;
in float z;
flat in vec4 colour;
flat in vec4 texture_of;
flat in vec4 finish;
uniform vec3 eye;
uniform vec3 ambient;
out vec4 light;

//SKY

void main() {
    if (finish.w >= 0.999) discard;
    vec3 outward = normalize(world - eye), n = normalize(facing);
    if (dot(n, outward) > 0.0) n = -n;
    float grazing = pow(clamp(1.0 + dot(n, outward), 1e-3, 1.0), 5.0);
    vec3 mirrored = mix(ambient, sky_smooth(reflect(outward, n)), 0.6);
    float sun = pow(max(dot(reflect(outward, n), sun_direction), 1e-3), 300.0);
    float share = clamp(finish.w + (0.08 + 0.9 * grazing), 0.0, 1.0);
    light = vec4(share * mix(colour.rgb * ambient, mirrored, 0.35 + 0.65 * grazing) + sun_colour * sun * 2.0, share);
}
