#version 330
// Pixels from samples: each is the mean of its four corners, which it shares with its neighbours.
uniform sampler2D lit_samples;
out vec4 light;

vec3 sampled(ivec2 at) { return min(texelFetch(lit_samples, at, 0).rgb, vec3(16.0)); } // no firefly outshines a corner

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec3 sum = sampled(at) + sampled(at + ivec2(1, 0)) + sampled(at + ivec2(0, 1)) + sampled(at + ivec2(1, 1));
    light = vec4(0.25 * sum, 1.0);
}
