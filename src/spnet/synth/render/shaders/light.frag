#version 330
// Lights what surface.frag saw: sun and lamps with soft shadows, ambient light with occlusion, reflections, haze.
const int LIGHTS = 4;
out vec4 light;
uniform sampler2D reflectances, normals, depths, overlays;
uniform sampler2D shadows;     // the maps side by side
uniform mat4 to_world;
uniform mat4 to_shadow[2];
uniform int caster[LIGHTS];    // which shadow map, or -1
uniform vec4 place[LIGHTS];    // direction and 0, or position and 1
uniform vec3 power[LIGHTS];
uniform float blur[LIGHTS];    // radius of the penumbra in shadow map units
uniform int lights;
uniform vec3 ambient;
uniform vec4 rays;             // x, y of the ray at sample (0,0), and its step a sample

//SKY

float lit(int i, vec3 p, vec3 n, float turn_) {
    int taps = caster[i] < 0 ? 0 : 5; // a loop that is not entered costs nothing, a branch that is not taken does
    vec4 q = to_shadow[max(caster[i], 0)] * vec4(p + n * (0.002 + 0.003 * length(p - to_world[3].xyz)), 1.0);
    vec3 at = q.xyz / q.w * 0.5 + 0.5;
    if (q.w <= 0.0 || any(lessThan(at, vec3(0.0))) || any(greaterThan(at, vec3(1.0)))) taps = 0;
    float sum = 0.0, size = float(textureSize(shadows, 0).y);
    for (int k = 0; k < taps; k++) {
        float angle = turn_ + 2.399963 * float(k), radius = blur[i] * sqrt((float(k) + 0.5) / 5.0);
        vec2 there = clamp(at.xy + radius * vec2(cos(angle), sin(angle)), 0.0, 0.999);
        sum += float(texelFetch(shadows, ivec2((there + vec2(caster[i], 0)) * size), 0).r > at.z - 0.0006);
    }
    return taps == 0 ? 1.0 : sum / 5.0;
}

// Share of the ambient light that what stands near lets through, from the depths around a sample.
float open(ivec2 pixel, vec3 seen, vec3 n, float turn_) {
    float reach = clamp(0.1 * seen.z, 0.05, 1.2), closed = 0.0;
    for (int k = 0; k < 3; k++) {
        float angle = turn_ + 2.399963 * float(k), radius = reach * (0.15 + 0.85 * (float(k) + 0.5) / 3.0);
        vec2 there = seen.xy / seen.z + radius / seen.z * vec2(cos(angle), sin(angle));
        ivec2 other = ivec2((there - rays.xy) / rays.zw);
        float z = texelFetch(depths, clamp(other, ivec2(0), textureSize(depths, 0) - 1), 0).r;
        if (z <= 0.0) continue;
        vec3 between = vec3(there * z, z) - seen;
        float length_ = length(between) + 1e-4;
        closed += max(dot(between, n) / length_ - 0.06, 0.0) * smoothstep(2.5 * reach, 0.5 * reach, length_);
    }
    return clamp(1.0 - 0.7 * closed, 0.0, 1.0);
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 ray = vec3(rays.xy + rays.zw * vec2(pixel), 1.0);
    vec3 outward = normalize(mat3(to_world) * ray);
    float z = texelFetch(depths, pixel, 0).r;
    vec4 before = texelFetch(overlays, pixel, 0); // panes, or the sky
    vec4 base = texelFetch(reflectances, pixel, 0);
    vec4 facing = texelFetch(normals, pixel, 0);
    vec3 albedo = base.rgb * base.rgb, n = normalize(facing.xyz);
    float metal = facing.w >= 1.5 ? 1.0 : 0.0, gloss = facing.w - 2.0 * metal;
    vec3 seen = ray * z, p = (to_world * vec4(seen, 1.0)).xyz;
    float turn_ = 1.5707963 * float((pixel.x & 1) + 2 * (pixel.y & 1)); // a pixel is the mean of all four: no grain
    vec3 diffuse = vec3(0.0), shine = vec3(0.0);
    float sharp = exp2(1.0 + 9.0 * gloss);
    for (int i = 0; i < lights; i++) {
        vec3 l = place[i].xyz - place[i].w * p;
        float near = place[i].w > 0.5 ? 1.0 / (0.15 + dot(l, l)) : 1.0;
        l = normalize(l);
        float falling = dot(n, l);
        if (falling <= 0.0) continue;
        vec3 got = power[i] * (near * falling * lit(i, p, n, turn_));
        diffuse += got;
        shine += got * (sharp + 8.0) * 0.04 * pow(max(dot(n, normalize(l - outward)), 1e-3), sharp);
    }
    float free = open(pixel, seen, transpose(mat3(to_world)) * n, turn_);
    vec3 around = ambient * free * mix(vec3(0.72), vec3(1.1), n.y * 0.5 + 0.5);
    float grazing = pow(clamp(1.0 + dot(n, outward), 1e-3, 1.0), 5.0);
    vec3 mirror = mix(vec3(0.04), albedo, metal);
    vec3 fresnel = (mirror + (vec3(1.0) - mirror) * grazing) * gloss;
    vec3 mirrored = mix(ambient, sky_smooth(reflect(outward, n)), 0.5) * free;
    vec3 given = albedo * (diffuse + around) * (1.0 - metal * 0.9) + fresnel * (mirrored + shine) + albedo * base.a;
    float lost = haze > 0.0 ? 1.0 - pow(1.0 - haze, length(seen) / 100.0) : 0.0;
    vec3 behind = z > 0.0 ? (1.0 - before.a) * mix(given, horizon, lost) : vec3(0.0);
    light = vec4(before.rgb + behind, 1.0);
}
