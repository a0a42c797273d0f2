#version 330
// One triangle over the whole grid, as far away as can be.
in vec2 corner;
void main() { gl_Position = vec4(corner, 1.0, 1.0); }
