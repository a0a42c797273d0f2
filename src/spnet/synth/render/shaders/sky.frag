#version 330
// The sky, drawn where nothing stands.
out vec4 light;
uniform mat4 to_world;
uniform vec4 rays;

//SKY

void main() {
    vec2 sample_ = floor(gl_FragCoord.xy);
    light = vec4(sky_seen(normalize(mat3(to_world) * vec3(rays.xy + rays.zw * sample_, 1.0))), 1.0);
}
