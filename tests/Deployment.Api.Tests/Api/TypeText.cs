using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Api.Tests.Api;

/// <summary>Writes the first line of a type.</summary>
internal static class TypeText
{
    internal static bool IsDelegate(Type type) => typeof(Delegate).IsAssignableFrom(type) && type != typeof(Delegate);

    internal static string Declare(Type type)
    {
        string access = type.IsNestedFamily || type.IsNestedFamORAssem ? "protected" : "public";
        if (IsDelegate(type))
        {
            return $"{access} delegate {MemberText.Invocation(type)}{Signatures.Constraints(type.GetGenericArguments())}";
        }

        Type[] own = [.. type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0)];
        string[] parents = [.. Parents(type)];
        string inherits = parents.Length == 0 ? "" : " : " + string.Join(", ", parents);
        return $"{access} {Kind(type)} {type.Name.Split('`')[0]}{Signatures.TypeParameters(own)}{inherits}{Signatures.Constraints(own)}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => $"{(type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{(IsRecordStruct(type) ? "record struct" : "struct")}",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{(type.GetMethod("<Clone>$") is null ? "class" : "record")}",
    };

    private static bool IsRecordStruct(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance)?.IsDefined(typeof(CompilerGeneratedAttribute), false) == true;

    private static IEnumerable<string> Parents(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetUnderlyingType(type) == typeof(int) ? [] : [TypeNames.Of(Enum.GetUnderlyingType(type))];
        }

        string[] bases = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [TypeNames.Of(parent)] : [];
        Type[] inherited = [.. type.BaseType?.GetInterfaces() ?? [], .. type.GetInterfaces().SelectMany(face => face.GetInterfaces())];
        return bases.Concat(type.GetInterfaces().Where(face => face.IsVisible).Except(inherited).Select(TypeNames.Of).Order(StringComparer.Ordinal));
    }
}
