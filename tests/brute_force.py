"""Slow, small and independent: what polytropic computes, again, in plain integers and fractions.

Nothing here knows the library.  Cones are lists of integer generators ``(t, x)`` with t > 0 for
points and t = 0 for directions; a cut joins *every* generator above with *every* one below and
keeps those on which enough inequalities are tight (no adjacency test, no names, no floats).
"""

import math
from fractions import Fraction
from itertools import combinations, product


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def primitive(row):
    """The integer vector without common divisor in the direction of a rational one."""
    fractions = [Fraction(x) for x in row]
    common = math.lcm(*(x.denominator for x in fractions))
    integers = [int(x * common) for x in fractions]
    divisor = math.gcd(*integers)
    return tuple(x // divisor for x in integers) if divisor else tuple(integers)


def reduced(rows):
    """Reduced row echelon form, without zero rows, as fractions."""
    rows = [[Fraction(x) for x in row] for row in rows]
    done = []
    width = len(rows[0]) if rows else 0
    for column in range(width):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [x / pivot[column] for x in pivot]
        for group in (rows, done):
            for i, row in enumerate(group):
                group[i] = [x - row[column] * y for x, y in zip(row, pivot, strict=True)]
        done.append(pivot)
    return done


def rank(rows):
    return len(reduced(rows))


def null_vector(rows, width):
    """A vector that spans the kernel if the kernel is a line, else None."""
    basis = reduced(rows)
    if len(basis) != width - 1:
        return None
    pivots = [next(i for i, x in enumerate(row) if x) for row in basis]
    free = next(i for i in range(width) if i not in pivots)
    vector = [Fraction(0)] * width
    vector[free] = Fraction(1)
    for row, pivot in zip(basis, pivots, strict=True):
        vector[pivot] = -row[free]
    return primitive(vector)


# -- hulls ---------------------------------------------------------------------------------------
def hull_facets(generators):
    """Supporting hyperplanes through d generators, for a full-dimensional polyhedron.

    The face at infinity, whose functional is t alone, is not a facet.
    """
    width = len(generators[0])
    distinct = sorted({primitive(row) for row in generators})
    found = set()
    for chosen in combinations(distinct, width - 1):
        normal = null_vector(chosen, width) if width > 1 else (1,)
        if normal is None or not any(normal[1:]):
            continue
        heights = [dot(normal, row) for row in distinct]
        if all(h >= 0 for h in heights):
            found.add(normal)
        elif all(h <= 0 for h in heights):
            found.add(tuple(-x for x in normal))
    return found


def hull_vertices(points):
    """Points that are no convex combination of the others: their facets determine them."""
    rows = sorted({primitive([1, *point]) for point in points})
    facets = hull_facets(rows)
    width = len(rows[0])
    return {row for row in rows if rank([f for f in facets if not dot(f, row)]) == width - 1}


# -- arrangements --------------------------------------------------------------------------------
def central_chambers(normals):
    """Number of chambers of the hyperplanes normal to some vectors (Whitney and Zaslavsky)."""
    rows = {primitive(row) for row in normals if any(row)}
    lines = sorted({max(row, tuple(-x for x in row)) for row in rows})
    return sum(
        (-1) ** (size - rank(chosen))
        for size in range(len(lines) + 1)
        for chosen in combinations(lines, size)
    )


def affine_regions(normals, offsets):
    """Number of regions of ``<n_i, x> = c_i``: only subsets that meet in a point count."""
    rows = {primitive([*n, c]) for n, c in zip(normals, offsets, strict=True) if any(n)}
    lines = sorted({max(row, tuple(-x for x in row)) for row in rows})
    total = 0
    for size in range(len(lines) + 1):
        for chosen in combinations(lines, size):
            flat = rank([row[:-1] for row in chosen])
            if flat == rank(chosen):
                total += (-1) ** (size - flat)
    return total


# -- cones ---------------------------------------------------------------------------------------
class Cone:
    """A pointed cone by its generators and by forms: some are >= 0 on it, some vanish."""

    def __init__(self, generators, inequalities, equations):
        self.generators = frozenset(generators)
        self.inequalities = inequalities
        self.equations = equations

    @property
    def dimension(self):
        return rank(sorted(self.generators))

    def part(self, form, *, flat=False):
        """The part where a form is non-negative, or (flat) zero; None if it has no generator."""
        height = {g: dot(form, g) for g in self.generators}
        crossings = [
            primitive([height[u] * y - height[v] * x for x, y in zip(u, v, strict=True)])
            for u in self.generators
            for v in self.generators
            if height[u] > 0 > height[v]
        ]
        kept = [g for g, h in height.items() if h == 0 or (h > 0 and not flat)] + crossings
        inequalities = self.inequalities if flat else [*self.inequalities, form]
        equations = [*self.equations, form] if flat else self.equations
        width = len(form)
        corners = [
            g
            for g in set(kept)
            if rank([*equations, *(f for f in inequalities if not dot(f, g))]) == width - 1
        ]
        return Cone(corners, inequalities, equations) if corners else None

    def sides(self, form):
        """Pieces on which a form keeps its sign, with this sign."""
        heights = [dot(form, g) for g in self.generators]
        above, below = max(heights) > 0, min(heights) < 0
        if above and below:
            return [(self.part(form), 1), (self.part(tuple(-x for x in form)), -1)]
        return [(self, int(above) - int(below))]


def domain_cones(size, inequalities=(), equations=()):
    """``{(t, x) : t >= 0}`` with conditions, split along the coordinate hyperplanes.

    Only cones of the largest dimension that hold a point are returned, each once.
    """
    units = [tuple(int(i == j) for j in range(size + 1)) for i in range(size + 1)]
    cones = []
    for signs in product((1, -1), repeat=size):
        axes = [tuple(s * x for x in unit) for s, unit in zip(signs, units[1:], strict=True)]
        cone = Cone([units[0], *axes], [units[0], *axes], [])
        for form in equations:
            cone = cone and cone.part(form, flat=True)
        for form in inequalities:
            cone = cone and cone.part(form)
        if cone is not None and any(g[0] for g in cone.generators):
            cones.append(cone)
    top = max((cone.dimension for cone in cones), default=0)
    distinct = {cone.generators: cone for cone in cones if cone.dimension == top}
    return list(distinct.values())


def box_cones(low, high):
    """Cones over an axis-parallel box given by two lists of numbers."""
    inequalities = []
    for axis, (a, b) in enumerate(zip(low, high, strict=True)):
        form = [Fraction(0)] * (len(low) + 1)
        form[0], form[axis + 1] = -Fraction(a), Fraction(1)
        inequalities.append(primitive(form))
        form[0], form[axis + 1] = Fraction(b), Fraction(-1)
        inequalities.append(primitive(form))
    return domain_cones(len(low), inequalities)


# -- networks ------------------------------------------------------------------------------------
class NetworkCells:
    """Activation regions of a network, by cutting cones, with the counts that follow.

    Parameters
    ----------
    layers : list of (W, b)
        Numbers of any exact kind; floats count as the rationals that they encode.
    cones : list of Cone
    thresholds : list, optional
        One per layer, None for a linear layer.
    """

    def __init__(self, layers, cones, thresholds=None):
        if thresholds is None:
            thresholds = [0] * (len(layers) - 1) + [None]
        size = len(layers[0][0][0]) + 1
        self.dimension = cones[0].dimension
        self.basis = sorted({g for cone in cones for g in cone.generators})
        identity = [[Fraction(int(i == j)) for j in range(size)] for i in range(1, size)]
        cells = [(cone, (), identity) for cone in cones]
        for (weight, bias), threshold in zip(layers, thresholds, strict=True):
            cells = [
                new for cell in cells for new in self._layer(cell, weight, bias, threshold, size)
            ]
        self.cells = cells
        self.patterns = sorted({pattern for _, pattern, _ in cells})

    @staticmethod
    def _layer(cell, weight, bias, threshold, size):
        cone, pattern, below = cell
        forms = []
        for row, b in zip(weight, bias, strict=True):
            terms = [[Fraction(w) * x for x in form] for w, form in zip(row, below, strict=True)]
            form = [sum(column, Fraction(0)) for column in zip(*terms, strict=True)]
            form[0] += Fraction(b)
            forms.append(form)
        if threshold is None:
            return [(cone, pattern, forms)]
        floors = threshold if isinstance(threshold, (list, tuple)) else [threshold] * len(forms)
        pieces = [(cone, pattern, [])]
        for form, floor in zip(forms, floors, strict=True):
            constant = [Fraction(floor)] + [Fraction(0)] * (size - 1)
            cutter = primitive([x - y for x, y in zip(form, constant, strict=True)])
            pieces = [
                (piece, [*signs, sign], [*outputs, form if sign > 0 else constant])
                for old, signs, outputs in pieces
                for piece, sign in old.sides(cutter)
            ]
        return [(piece, tuple(signs), outputs) for piece, signs, outputs in pieces]

    # -- counts ------------------------------------------------------------------------------
    @property
    def n_activation_regions(self):
        return len(self.patterns)

    def maps(self):
        """For every pattern the images of a spanning set of the domain."""
        return {
            pattern: tuple(dot(form, g) for form in outputs for g in self.basis)
            for _, pattern, outputs in self.cells
        }

    @property
    def n_affine_maps(self):
        return len(set(self.maps().values()))

    def adjacency(self):
        """Pairs of patterns whose regions share a facet."""
        pairs = set()
        for (one, p, _), (two, q, _) in combinations(self.cells, 2):
            common = sorted(one.generators & two.generators)
            if p != q and any(g[0] for g in common) and rank(common) == self.dimension - 1:
                pairs.add((min(p, q), max(p, q)))
        return pairs

    @property
    def n_linear_regions(self):
        maps, parent = self.maps(), {p: p for p in self.patterns}

        def root(p):
            while parent[p] != p:
                p = parent[p]
            return p

        for p, q in self.adjacency():
            if maps[p] == maps[q]:
                parent[root(p)] = root(q)
        return len({root(p) for p in self.patterns})
