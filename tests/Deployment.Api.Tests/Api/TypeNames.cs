using System.Reflection;

namespace Deployment.Api.Tests.Api;

/// <summary>Writes types as C# does: keywords, generic arguments, tuples by their type, and <c>?</c> where null may be.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object",
    };

    internal static string Of(Type type) => Of(type, NullableFlags.None);

    internal static string Of(ParameterInfo parameter) => Of(parameter.ParameterType, NullableFlags.Of(parameter));

    internal static string Of(PropertyInfo property) => Of(property.PropertyType, NullableFlags.Of(property));

    internal static string Of(FieldInfo field) => Of(field.FieldType, NullableFlags.Of(field));

    internal static string Of(EventInfo member) => Of(member.EventHandlerType!, NullableFlags.Of(member));

    private static string Of(Type type, NullableFlags flags)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, flags);
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Of(value, flags) + "?";
        }

        // Plain values have no note, generic ones have one that says nothing.
        bool mayBeNull = (!type.IsValueType || type.IsGenericType) && flags.Next();
        string name = type.IsArray
            ? $"{Of(type.GetElementType()!, flags)}[{new string(',', type.GetArrayRank() - 1)}]"
            : Keywords.GetValueOrDefault(type) ?? (type.IsGenericParameter ? type.Name : Named(type, type.GetGenericArguments(), flags));
        return name + (mayBeNull && !type.IsValueType ? "?" : "");
    }

    /// <summary>The notes on the arguments of an outer type come before those of the nested one, and so do the arguments.</summary>
    private static string Named(Type type, Type[] arguments, NullableFlags flags)
    {
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string prefix = type.DeclaringType is { } declaring ? Named(declaring, arguments[..outer], flags) + "." : "";
        string[] own = [.. arguments[outer..].Select(argument => Of(argument, flags))];
        return prefix + type.Name.Split('`')[0] + (own.Length == 0 ? "" : $"<{string.Join(", ", own)}>");
    }
}
