"""The changes a mutation makes to a module: one expression or statement at a time, never a text or a type."""

import ast
import copy
import enum
import re
from collections.abc import Iterator, Mapping
from typing import Any

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
REACHED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
#: Functions of Python and of the database, each in the other's place.
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "Least": "Greatest", "Greatest": "Least"}
#: Lookups of the ORM, in a keyword's name or at the end of one that is put together.
LOOKED_UP = {"__lt": "__lte", "__lte": "__lt", "__gt": "__gte", "__gte": "__gt"}
LOOKUP = re.compile(r"__[lg]te?$")


def mutants(tree: ast.Module, space: Mapping[str, Any]) -> Iterator[tuple[str, ast.Module]]:
    """Every changed tree with its line and change; ``space`` is the module's own names."""
    declared = {part for node in ast.walk(tree) for one in _declared(node) for part in ast.walk(one)}
    for index, node in enumerate(ast.walk(tree)):
        if node in declared:
            continue
        for change in range(len(changes(node, space))):
            mutant = copy.deepcopy(tree)
            twin = next(each for at, each in enumerate(ast.walk(mutant)) if at == index)
            line, before = getattr(twin, "lineno", 0), ast.unparse(twin)
            after = changes(twin, space)[change]
            replace(mutant, twin, after)
            ast.fix_missing_locations(mutant)
            yield f"{line}: {before[:60]} → {ast.unparse(after)[:60]}", mutant


def _declared(node: ast.AST) -> list[ast.AST]:
    """What is no rule: how a record or function is declared, its types, and that zip() is told to be strict."""
    found: list[ast.AST] = list(getattr(node, "decorator_list", []))
    found += [part for name in ("annotation", "returns") if (part := getattr(node, name, None))]
    return found + ([node] if isinstance(node, ast.keyword) and node.arg == "strict" else [])


def changes(node: ast.AST, space: Mapping[str, Any]) -> list[ast.AST]:
    """What may stand in the node's place."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in COMPARED:
            return [ast.Compare(node.left, [COMPARED[type(operator)]()], node.comparators)]
        case ast.BinOp(op=operator) if type(operator) in REACHED:
            return [ast.BinOp(node.left, REACHED[type(operator)](), node.right)]
        case ast.BoolOp(op=operator):
            return [ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), node.values)]
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            return [node.operand]
        case ast.Constant(value=bool()):
            return [ast.Constant(not node.value)]
        case ast.Constant(value=int() as number):
            return [ast.Constant(number + 1)]
        case ast.Constant(value=str() as text) if LOOKUP.search(text):
            return [ast.Constant(_other_lookup(text))]
        case ast.keyword(arg=str() as name) if LOOKUP.search(name):
            return [ast.keyword(_other_lookup(name), node.value)]
        case ast.Call(func=ast.Name(id=name)) if name in CALLED:
            return [ast.Call(ast.Name(CALLED[name], ast.Load()), node.args, node.keywords)]
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if member := _next_member(space, name, attribute):
            return [ast.Attribute(node.value, member, ast.Load())]
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            return [ast.Return(ast.Constant(None))]
        case ast.Assign() | ast.AugAssign() | ast.Raise():
            return [ast.Pass()]
        case ast.Expr(value=ast.Call() | ast.Yield()):
            return [ast.Pass()]
    return []


def _other_lookup(name: str) -> str:
    return LOOKUP.sub(lambda found: LOOKED_UP[found[0]], name)


def _next_member(space: Mapping[str, Any], name: str, attribute: str) -> str | None:
    """The member after this one where ``name`` is an enumeration; so a table of steps is changed cell by cell."""
    kind = space.get(name)
    if not (isinstance(kind, type) and issubclass(kind, enum.Enum) and attribute in kind.__members__):
        return None
    members = list(kind.__members__)
    return members[(members.index(attribute) + 1) % len(members)] if len(members) > 1 else None


def replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put ``new`` where ``old`` stands."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                setattr(parent, name, [new if each is old else each for each in value])
