uniform vec3 zenith, horizon, soil;
uniform float clouds, turn, haze;
uniform int shows_panorama;
uniform sampler2D panorama;
uniform vec3 sun_direction, sun_colour;

float sky_hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float sky_noise(vec2 p) {
    vec2 cell = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(sky_hash(cell), sky_hash(cell + vec2(1, 0)), f.x),
               mix(sky_hash(cell + vec2(0, 1)), sky_hash(cell + vec2(1, 1)), f.x), f.y);
}

vec3 sky_smooth(vec3 d) { // what surfaces reflect
    if (d.y < 0.0) return mix(horizon * 0.6, soil, smoothstep(0.0, 0.25, -d.y));
    return mix(horizon, zenith, pow(d.y, 0.5));
}

vec3 sky_seen(vec3 d) {
    if (shows_panorama > 0) {
        float across = (atan(d.z, d.x) + turn) / 6.2831853;
        float down = acos(clamp(d.y, -1.0, 1.0)) / 3.1415927;
        return pow(textureLod(panorama, vec2(fract(across), down), 0.0).rgb, vec3(2.0)) * (horizon + zenith);
    }
    vec3 base = sky_smooth(d);
    if (d.y > 0.01) {
        vec2 p = d.xz / (d.y + 0.12) * 1.3 + turn * 5.0;
        float puff = 0.0, size = 0.5;
        for (int i = 0; i < 4; i++) { puff += size * sky_noise(p); p = p * 2.13 + 1.7; size *= 0.5; }
        float cover = smoothstep(1.0 - clouds, 1.35 - clouds, puff + 0.25) * smoothstep(0.01, 0.12, d.y);
        vec3 white = max(max(horizon.r, horizon.g), horizon.b) * vec3(1.25) * (0.65 + 0.5 * puff);
        base = mix(base, white, cover * 0.9);
    }
    float near_sun = max(dot(d, sun_direction), 1e-3); // pow of 0 is undefined
    return base + sun_colour * (0.25 * pow(near_sun, 60.0) + 20.0 * smoothstep(0.9994, 0.9997, near_sun));
}
