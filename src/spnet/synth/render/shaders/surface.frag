#version 330
// What a sample sees: reflectance, finish, normal and depth, for light.frag to light.
in vec3 world;
in vec3 facing;
in vec2 at;
in float z;
flat in vec4 colour;
flat in vec4 texture_of;
flat in vec4 finish;
uniform sampler2DArray wide;   // 512 pixels, for surfaces
uniform sampler2DArray narrow; // 256 pixels, for models
uniform vec3 eye;
layout(location = 0) out vec4 reflectance; // square root of it, and the light it gives off
layout(location = 1) out vec4 normal;      // and gloss, plus 2 for metals
layout(location = 2) out float depth;

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float noise(vec2 p) {
    vec2 cell = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(cell), hash(cell + vec2(1, 0)), f.x),
               mix(hash(cell + vec2(0, 1)), hash(cell + vec2(1, 1)), f.x), f.y);
}

vec4 sampled(vec2 p) {
    float layer = texture_of.x;
    return layer < 4096.0 ? texture(narrow, vec3(p, layer)) : texture(wide, vec3(p, layer - 4096.0));
}

// Irregular textures are laid in patches of two shifts and turns, so that no repetition shows.
vec4 laid(vec2 p) {
    bool turned = texture_of.w == 0.0 && noise(p * 0.7 + 3.1) + 0.3 * noise(p * 17.3) > 0.65;
    return texture(wide, vec3(turned ? vec2(p.y, -p.x) + vec2(0.37, 0.61) : p, texture_of.x - 4096.0));
}

vec3 turned_to(vec3 n) { // towards the eye, whichever side the model's maker took for the front
    vec3 flat_ = cross(dFdx(world), dFdy(world));
    vec3 to_eye = eye - world;
    if (dot(flat_, to_eye) < 0.0) flat_ = -flat_;
    return dot(n, flat_) < 0.0 ? -n : n;
}

// Bump mapping without tangents: M. Mikkelsen, "Bump Mapping Unparametrized Surfaces on the GPU", 2010.
vec3 bumped(vec3 n, float along_x, float along_y) {
    vec3 dx = dFdx(world), dy = dFdy(world);
    vec3 a = cross(dy, n), b = cross(n, dx);
    float det = dot(dx, a);
    vec3 gradient = sign(det) * (along_x * a + along_y * b);
    return normalize(abs(det) * n - gradient);
}

void main() {
#ifdef HOLES
    if (finish.w < 0.999) discard; // glass has a pass of its own
#endif
    vec3 n = turned_to(normalize(facing));
    vec3 base = colour.rgb;
    if (texture_of.x >= 0.0) {
#ifdef LAID
        vec4 texel = texture_of.x >= 4096.0 ? laid(at) : sampled(at);
        float height = dot(texel.rgb, vec3(0.333)) * finish.z * 0.04 * texture_of.y;
        if (finish.z > 0.0) n = bumped(n, dFdx(height), dFdy(height));
        if (texture_of.z > 0.0) base *= 0.85 + 0.3 * noise(at * 0.31 + 7.0); // dirt and wear wider than a repetition
#else
        vec4 texel = sampled(at);
#endif
#ifdef HOLES
        if (texel.a < 0.5) discard;
#endif
        base *= texel.rgb * texel.rgb; // near enough to sRGB
    }
    reflectance = vec4(sqrt(clamp(base, 0.0, 1.0)), colour.a);
    normal = vec4(n, finish.x + (finish.y > 0.5 ? 2.0 : 0.0));
    depth = z;
}
