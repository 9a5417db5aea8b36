using System.Globalization;

namespace Deployment.Api.Tests.Api;

/// <summary>Writes constants and default values.</summary>
internal static class Constants
{
    internal static string Of(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"",
        bool truth => truth ? "true" : "false",
        char character => $"'{character}'",
        Enum named => OfEnum(named),
        _ when Enumeration(type) is { } enumeration => OfEnum((Enum)Enum.ToObject(enumeration, value)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static Type? Enumeration(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } found ? found : null;

    private static string OfEnum(Enum value) =>
        Enum.IsDefined(value.GetType(), value) || value.ToString().Contains(',', StringComparison.Ordinal)
            ? string.Join(" | ", value.ToString().Split(", ").Select(name => $"{value.GetType().Name}.{name}"))
            : $"({value.GetType().Name}){Convert.ToString(Convert.ToInt64(value, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)}";
}
