package io.zandloper.storage.program;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.cel.common.ast.CelExpr.ExprKind;
import io.zandloper.storage.profile.Text;
import io.zandloper.storage.program.Variable.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles one checked tree. What an operation does with the kinds of values it meets is decided when it is evaluated,
 * as in the library's interpreter: the checker knows of attributes only that they are of any type.
 */
final class TreeCompiler {
    private static final String PROFILE = "profile";
    private static final String CONTEXT = "context";
    private static final String SEGMENTS = "segments";

    private final CelAbstractSyntaxTree tree;
    private final ProgramLayout layout;
    private final NodePool nodes;
    private final StepLimit steps = new StepLimit();

    /** The variable of the macro whose body is being compiled; null outside of any. */
    private @Nullable String macroVariable;
    /** Not within a macro. */
    private boolean macrosCompile = true;

    TreeCompiler(CelAbstractSyntaxTree tree, ProgramLayout layout, NodePool nodes) {
        this.tree = tree;
        this.layout = layout;
        this.nodes = nodes;
    }

    Node compile() throws NotCompilableException {
        return compile(tree.getExpr());
    }

    private Node compile(CelExpr expression) throws NotCompilableException {
        return switch (expression.getKind()) {
            case CONSTANT -> literal(expression.constant());
            case IDENT -> identifier(expression);
            case SELECT -> select(expression);
            case CALL -> call(expression);
            case LIST -> listLiteral(expression);
            case COMPREHENSION -> {
                final CelComprehension comprehension = expression.comprehension();
                final @Nullable Macro macro = Macro.of(comprehension);
                if (macro == null || macro.kind() == Loops.FILTER_SIZE) {
                    throw new NotCompilableException("a list made by filter or map");
                }
                yield loop(comprehension, macro);
            }
            case MAP -> throw new NotCompilableException("a map");
            case STRUCT -> throw new NotCompilableException("a message");
            case NOT_SET -> throw new NotCompilableException("an empty expression");
        };
    }

    private Literal literal(CelConstant constant) throws NotCompilableException {
        return switch (constant.getKind()) {
            case NULL_VALUE -> shared("literal null", Literal.ofNull());
            case BOOLEAN_VALUE ->
                shared("literal bool " + constant.booleanValue(), Literal.of(constant.booleanValue()));
            case INT64_VALUE -> shared("literal int " + constant.int64Value(), Literal.of(constant.int64Value()));
            case DOUBLE_VALUE ->
                shared(
                        "literal double " + Double.doubleToRawLongBits(constant.doubleValue()),
                        Literal.of(constant.doubleValue()));
            case STRING_VALUE ->
                shared("literal string " + encodable(constant.stringValue()), Literal.of(constant.stringValue()));
            case UINT64_VALUE -> throw new NotCompilableException("an unsigned number");
            case BYTES_VALUE -> throw new NotCompilableException("bytes");
            default -> throw new NotCompilableException("a literal of kind " + constant.getKind());
        };
    }

    private static String encodable(String text) throws NotCompilableException {
        if (!Text.isEncodable(text)) {
            throw new NotCompilableException("a text that is not valid Unicode");
        }
        return text;
    }

    private Literal shared(String key, Literal literal) {
        return (Literal) nodes.share(key, () -> literal);
    }

    private Node identifier(CelExpr expression) throws NotCompilableException {
        final String name = expression.ident().name();
        if (name.equals(macroVariable)) {
            return nodes.share("element", Loops.Element::new);
        }
        throw new NotCompilableException(name + " as a whole");
    }

    /** Where the expression is one of the variables whose fields are values. */
    private @Nullable Source sourceOf(CelExpr expression) {
        if (isVariable(expression, PROFILE)) {
            return Source.PROFILE;
        }
        return isVariable(expression, CONTEXT) ? Source.CONTEXT : null;
    }

    private boolean isVariable(CelExpr expression, String name) {
        if (expression.getKind() != ExprKind.Kind.IDENT) {
            return false;
        }
        final String identifier = expression.ident().name();
        return identifier.equals("." + name) || (identifier.equals(name) && !name.equals(macroVariable));
    }

    private int number(Source source, String name) throws NotCompilableException {
        encodable(name);
        return (source == Source.PROFILE ? layout.profile() : layout.context()).add(name);
    }

    private Node field(Source source, String name) throws NotCompilableException {
        final int number = number(source, name);
        return nodes.share("field " + source + number, () -> new Fields.Field(source, number));
    }

    private Node has(Source source, String name) throws NotCompilableException {
        final int number = number(source, name);
        return nodes.share("has " + source + number, () -> new Fields.Has(source, number));
    }

    private Node select(CelExpr expression) throws NotCompilableException {
        if (tree.getReference(expression.id()).isPresent()) {
            throw new NotCompilableException("a qualified name");
        }
        final CelSelect select = expression.select();
        final @Nullable Source source = sourceOf(select.operand());
        if (source != null) {
            return select.testOnly() ? has(source, select.field()) : field(source, select.field());
        }
        final Node operand = compile(select.operand());
        // No value has fields of its own, so this is an error, the operand's or its own.
        return nodes.share("error", Literal::error, operand);
    }

    private Node call(CelExpr expression) throws NotCompilableException {
        final CelCall call = expression.call();
        final List<CelExpr> operands = new ArrayList<>();
        call.target().ifPresent(operands::add);
        operands.addAll(call.args());
        return switch (operands.size()) {
            case 1 -> unary(call.function(), operands.get(0));
            case 2 -> binary(call.function(), operands.get(0), operands.get(1));
            case 3 -> {
                if (!call.function().equals("_?_:_")) {
                    throw notCompilable(call.function());
                }
                final Node condition = compile(operands.get(0));
                final Node then = compile(operands.get(1));
                final Node otherwise = compile(operands.get(2));
                yield nodes.share("?", () -> new Logic.Choice(condition, then, otherwise), condition, then, otherwise);
            }
            default -> throw notCompilable(call.function());
        };
    }

    private static NotCompilableException notCompilable(String function) {
        return new NotCompilableException("the function " + function);
    }

    private Node unary(String function, CelExpr argument) throws NotCompilableException {
        if (function.equals("size")) {
            return size(argument);
        }
        final Node operand;
        switch (function) {
            case "!_" -> {
                operand = compile(argument);
                return nodes.share("!", () -> new Logic.Not(operand), operand);
            }
            case "-_" -> {
                operand = compile(argument);
                return nodes.share("negate", () -> new Arithmetic.Negation(operand), operand);
            }
            case "double" -> {
                operand = compile(argument);
                return nodes.share("to double", () -> new Arithmetic.Conversion(operand, Kind.DOUBLE), operand);
            }
            case "int" -> {
                operand = compile(argument);
                return nodes.share("to int", () -> new Arithmetic.Conversion(operand, Kind.INTEGER), operand);
            }
            case "dyn" -> {
                return compile(argument);
            }
            default -> throw notCompilable(function);
        }
    }

    private Node size(CelExpr argument) throws NotCompilableException {
        if (isVariable(argument, SEGMENTS)) {
            return nodes.share("size segments", Texts.SegmentCount::new);
        }
        if (argument.getKind() == ExprKind.Kind.COMPREHENSION) {
            final @Nullable Macro macro = Macro.of(argument.comprehension());
            if (macro != null && macro.kind() == Loops.FILTER_SIZE) {
                return loop(argument.comprehension(), macro);
            }
        }
        final Node operand = compile(argument);
        return nodes.share("size", () -> new Texts.Size(operand), operand);
    }

    private Node binary(String function, CelExpr first, CelExpr second) throws NotCompilableException {
        switch (function) {
            case "@in" -> {
                return in(first, second);
            }
            case "_[_]" -> {
                return index(first, second);
            }
            default -> {}
        }
        final Node left = compile(first);
        if (function.equals("matches")) {
            return matches(left, second);
        }
        final Node right = compile(second);
        return switch (function) {
            case "_&&_" -> nodes.share("&&", () -> new Logic.And(left, right), left, right);
            case "_||_" -> nodes.share("||", () -> new Logic.Or(left, right), left, right);
            case "_==_" -> equality(left, right);
            case "_!=_" -> {
                final Node equal = equality(left, right);
                yield nodes.share("!", () -> new Logic.Not(equal), equal);
            }
            case "_<_" -> order(Comparing.LESS, left, right);
            case "_<=_" -> order(Comparing.LESS_OR_EQUAL, left, right);
            case "_>_" -> order(Comparing.GREATER, left, right);
            case "_>=_" -> order(Comparing.GREATER_OR_EQUAL, left, right);
            case "_+_" -> arithmetic(Arithmetic.ADD, left, right);
            case "_-_" -> arithmetic(Arithmetic.SUBTRACT, left, right);
            case "_*_" -> arithmetic(Arithmetic.MULTIPLY, left, right);
            case "_/_" -> arithmetic(Arithmetic.DIVIDE, left, right);
            case "_%_" -> arithmetic(Arithmetic.MODULO, left, right);
            case "startsWith" -> search(Texts.STARTS_WITH, left, right);
            case "endsWith" -> search(Texts.ENDS_WITH, left, right);
            case "contains" -> search(Texts.CONTAINS, left, right);
            default -> throw notCompilable(function);
        };
    }

    private Node equality(Node left, Node right) {
        if (right instanceof Literal literal && literal.kind != Kind.ERROR) {
            return nodes.share("==", () -> new Equality.WithLiteral(left, literal), left, right);
        }
        if (left instanceof Literal literal && literal.kind != Kind.ERROR) {
            return nodes.share("==", () -> new Equality.WithLiteral(right, literal), right, left);
        }
        return nodes.share("==", () -> new Equality.Between(left, right), left, right);
    }

    private Node order(int order, Node left, Node right) {
        if (right instanceof Literal literal && Comparing.isNumber(literal.kind)) {
            return nodes.share("order " + order, () -> new Order.WithNumber(left, order, literal), left, right);
        }
        if (left instanceof Literal literal && Comparing.isNumber(literal.kind)) {
            final int turned = Comparing.turned(order);
            return nodes.share("order " + turned, () -> new Order.WithNumber(right, turned, literal), right, left);
        }
        return nodes.share("order " + order, () -> new Order.Between(left, order, right), left, right);
    }

    private Node arithmetic(int operation, Node left, Node right) {
        return nodes.share("arithmetic " + operation, () -> new Arithmetic.Binary(operation, left, right), left, right);
    }

    private Node search(int operation, Node left, Node right) {
        return nodes.share("search " + operation, () -> new Texts.Search(operation, left, right), left, right);
    }

    private Node matches(Node left, CelExpr second) throws NotCompilableException {
        if (second.getKind() != ExprKind.Kind.CONSTANT) {
            throw new NotCompilableException("matches with a pattern that is no literal");
        }
        final String text = encodable(second.constant().stringValue());
        try {
            final Pattern pattern = Pattern.compile(text);
            return nodes.share("matches " + text, () -> new Texts.Matches(left, pattern), left);
        } catch (PatternSyntaxException invalid) {
            // In the interpreter an error of every evaluation; as is what the operand ends in.
            return nodes.share("error", Literal::error, left);
        }
    }

    private Node in(CelExpr first, CelExpr second) throws NotCompilableException {
        final @Nullable String literal = stringOrNull(first);
        if (literal != null && isVariable(second, SEGMENTS)) {
            final int bit = layout.catalog().segmentBit(literal);
            return bit < 0
                    ? shared("literal bool false", Literal.of(false))
                    : nodes.share("member " + bit, () -> new Fields.Member(bit));
        }
        final @Nullable Source source = sourceOf(second);
        if (literal != null && source != null) {
            return has(source, literal);
        }
        final Node operand = compile(first);
        if (second.getKind() != ExprKind.Kind.LIST) {
            final Node list = compile(second);
            return nodes.share("in list", () -> new Equality.InList(operand, list), operand, list);
        }
        final Node[] elements = elements(second);
        final Literal[] literals = literalsOrNull(elements);
        if (literals != null) {
            return nodes.share("in", () -> new Equality.InLiterals(operand, literals), concatenated(operand, elements));
        }
        return nodes.share("in", () -> new Equality.InOperands(operand, elements), concatenated(operand, elements));
    }

    private Node index(CelExpr first, CelExpr second) throws NotCompilableException {
        final @Nullable Source source = sourceOf(first);
        if (source != null) {
            final @Nullable String name = stringOrNull(second);
            if (name == null) {
                throw new NotCompilableException("an attribute whose name is no literal");
            }
            return field(source, name);
        }
        if (second.getKind() != ExprKind.Kind.CONSTANT || second.constant().getKind() != CelConstant.Kind.INT64_VALUE) {
            throw new NotCompilableException("an index that is no literal integer");
        }
        final long position = second.constant().int64Value();
        final Node list = compile(first);
        return nodes.share("[" + position, () -> new Fields.Element(list, position), list);
    }

    private Node listLiteral(CelExpr expression) throws NotCompilableException {
        final List<String> texts = new ArrayList<>();
        for (CelExpr element : expression.list().elements()) {
            final @Nullable String text = stringOrNull(element);
            if (text == null) {
                throw new NotCompilableException("a list of other than literal strings");
            }
            texts.add(encodable(text));
        }
        return shared("literal list " + lengths(texts) + texts, Literal.of(texts));
    }

    /** Tells apart lists whose texts, written one behind the other, are the same. */
    private static List<Integer> lengths(List<String> texts) {
        return texts.stream().map(String::length).toList();
    }

    private Node[] elements(CelExpr list) throws NotCompilableException {
        if (!list.list().optionalIndices().isEmpty()) {
            throw new NotCompilableException("an optional element");
        }
        final List<Node> elements = new ArrayList<>();
        for (CelExpr element : list.list().elements()) {
            elements.add(compile(element));
        }
        return elements.toArray(Node[]::new);
    }

    private static Literal @Nullable [] literalsOrNull(Node[] nodes) {
        final Literal[] literals = new Literal[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            if (!(nodes[i] instanceof Literal literal) || literal.kind == Kind.ERROR) {
                return null;
            }
            literals[i] = literal;
        }
        return literals;
    }

    private static Node[] concatenated(Node first, Node[] rest) {
        final Node[] all = new Node[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    private static @Nullable String stringOrNull(CelExpr expression) {
        if (expression.getKind() != ExprKind.Kind.CONSTANT
                || expression.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            return null;
        }
        return expression.constant().stringValue();
    }

    private Node loop(CelComprehension comprehension, Macro macro) throws NotCompilableException {
        if (!macrosCompile) {
            throw new NotCompilableException("a macro within a macro");
        }
        final CelExpr range = comprehension.iterRange();
        if (isVariable(range, SEGMENTS)) {
            return segmentLoop(comprehension, macro);
        }
        if (range.getKind() == ExprKind.Kind.LIST) {
            final Node[] elements = elementsWithoutMacros(range);
            steps.add(elements.length);
            final Node condition = body(comprehension, macro);
            return nodes.share(
                    "loop " + macro.kind(),
                    () -> new Loops.OverOperands(macro.kind(), elements, condition),
                    concatenated(condition, elements));
        }
        final Node list = compile(range);
        steps.addList();
        final Node condition = body(comprehension, macro);
        return nodes.share(
                "loop strings " + macro.kind(),
                () -> new Loops.OverStrings(macro.kind(), list, condition),
                list,
                condition);
    }

    /** They are evaluated twice, and those of a macro over macros would be as often as there are combinations. */
    private Node[] elementsWithoutMacros(CelExpr range) throws NotCompilableException {
        final boolean outer = macrosCompile;
        macrosCompile = false;
        try {
            return elements(range);
        } finally {
            macrosCompile = outer;
        }
    }

    private Node segmentLoop(CelComprehension comprehension, Macro macro) throws NotCompilableException {
        steps.add(layout.catalog().segments().size());
        final Node condition = body(comprehension, macro);
        final DomainBuilder domain = new DomainBuilder();
        condition.describe(domain);
        if (!domain.readsNothing()) {
            throw new NotCompilableException("a macro over segments that reads more than their ids");
        }
        try {
            return nodes.share(
                    "loop segments " + macro.kind(),
                    () -> Loops.overSegments(macro.kind(), condition, layout),
                    condition);
        } catch (NotCompiledException interpret) {
            throw new NotCompilableException("a macro over segments that makes texts", interpret);
        }
    }

    private Node body(CelComprehension comprehension, Macro macro) throws NotCompilableException {
        macroVariable = comprehension.iterVar();
        macrosCompile = false;
        try {
            return compile(macro.condition());
        } finally {
            macroVariable = null;
            macrosCompile = true;
        }
    }
}
