#version 330
// Pixels from samples: half of a pixel is its centre, half the four corners that it shares with its neighbours.
uniform sampler2D lit_samples; // rows of corners and of centres in turn
out vec4 light;

vec3 sampled(ivec2 at) { return min(texelFetch(lit_samples, at, 0).rgb, vec3(16.0)); } // no firefly outshines a corner

void main() {
    int x = int(gl_FragCoord.x), y = 2 * int(gl_FragCoord.y);
    vec3 corners = sampled(ivec2(x, y)) + sampled(ivec2(x + 1, y)) + sampled(ivec2(x, y + 2)) + sampled(ivec2(x + 1, y + 2));
    light = vec4(0.5 * sampled(ivec2(x, y + 1)) + 0.125 * corners, 1.0);
}
