using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Api.Tests.Api;

/// <summary>Writes the members of a type that a caller or an heir can use, each on a line, in a stable order.</summary>
internal static class MemberText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static IEnumerable<string> Of(Type type) => type.IsEnum
        ? type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.Name} = {Convert.ChangeType(field.GetRawConstantValue(), Enum.GetUnderlyingType(type), null)},")
        : Sorted(type.GetFields(Declared).Where(IsVisible), Field)
            .Concat(Sorted(type.GetConstructors(Declared).Where(constructor => Signatures.IsVisible(constructor) && !IsGenerated(constructor)), Constructor))
            .Concat(Sorted(type.GetProperties(Declared).Where(property => !IsGenerated(property) && (Signatures.IsVisible(property.GetMethod) || Signatures.IsVisible(property.SetMethod))), Property))
            .Concat(Sorted(type.GetEvents(Declared).Where(member => Signatures.IsVisible(member.AddMethod)), Event))
            .Concat(Sorted(type.GetMethods(Declared).Where(IsShown), Method));

    internal static string Invocation(Type declaration)
    {
        MethodInfo invoke = declaration.GetMethod("Invoke")!;
        return $"{Returned(invoke)} {declaration.Name.Split('`')[0]}{Signatures.TypeParameters(declaration.GetGenericArguments())}({Signatures.Parameters(invoke.GetParameters())})";
    }

    private static IEnumerable<string> Sorted<T>(IEnumerable<T> members, Func<T, string> write)
        where T : MemberInfo => members
        .Select(member => (member.Name, Text: string.Concat(AttributeText.Of(member).Select(text => text + " ")) + write(member)))
        .OrderBy(member => member.Name, StringComparer.Ordinal)
        .ThenBy(member => member.Text, StringComparer.Ordinal)
        .Select(member => member.Text);

    private static string Field(FieldInfo field)
    {
        string kind = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        string value = field.IsLiteral ? " = " + Constants.Of(field.GetRawConstantValue(), field.FieldType) : "";
        return $"{(field.IsPublic ? "public" : "protected")} {Required(field)}{kind}{TypeNames.Of(field)} {field.Name}{value};";
    }

    private static string Constructor(ConstructorInfo constructor) =>
        $"{Signatures.Access(constructor)} {constructor.DeclaringType!.Name.Split('`')[0]}({Signatures.Parameters(constructor.GetParameters())});";

    private static string Property(PropertyInfo property)
    {
        MethodInfo main = Signatures.IsVisible(property.GetMethod) ? property.GetMethod! : property.SetMethod!;
        string name = property.GetIndexParameters() is { Length: > 0 } index ? $"this[{Signatures.Parameters(index)}]" : property.Name;
        string accessors = string.Concat(new[] { property.GetMethod, property.SetMethod }.Where(Signatures.IsVisible).Select(accessor =>
            (Signatures.Access(accessor!) == Signatures.Access(main) ? "" : Signatures.Access(accessor!) + " ")
            + (accessor == property.GetMethod ? "get; " : IsInit(accessor!) ? "init; " : "set; ")));
        return $"{Modifiers(main)}{Required(property)}{TypeNames.Of(property)} {name} {{ {accessors}}}";
    }

    private static string Event(EventInfo member) =>
        $"{Modifiers(member.AddMethod!)}event {TypeNames.Of(member)} {member.Name};";

    private static string Method(MethodInfo method)
    {
        Type[] generic = method.GetGenericArguments();
        bool isExtension = method.IsDefined(typeof(ExtensionAttribute), false);
        return $"{Modifiers(method)}{Returned(method)} {method.Name}{Signatures.TypeParameters(generic)}({Signatures.Parameters(method.GetParameters(), isExtension)}){Signatures.Constraints(generic)};";
    }

    private static string Returned(MethodInfo method) =>
        (method.ReturnType.IsByRef ? "ref " : "") + TypeNames.Of(method.ReturnParameter);

    private static string Modifiers(MethodInfo method)
    {
        string inheritance = method switch
        {
            { IsStatic: true, IsAbstract: true } => "static abstract ",
            { IsStatic: true } => "static ",
            { DeclaringType.IsInterface: true, IsAbstract: true } => "",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } when method.GetBaseDefinition() == method => "virtual ",
            { IsVirtual: true } when method.GetBaseDefinition() != method => method.IsFinal ? "sealed override " : "override ",
            _ => "",
        };
        return $"{(method.DeclaringType!.IsInterface ? "" : Signatures.Access(method) + " ")}{inheritance}";
    }

    private static string Required(MemberInfo member) => member.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    /// <summary>Accessors are shown with their property; what records get from the compiler is said by the word record.</summary>
    private static bool IsShown(MethodInfo method) =>
        Signatures.IsVisible(method)
        && !IsGenerated(method)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || (member is PropertyInfo { Name: "EqualityContract" });
}
