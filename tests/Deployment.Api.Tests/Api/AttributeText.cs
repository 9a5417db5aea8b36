using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Deployment.Api.Tests.Api;

/// <summary>Writes the attributes that matter to callers; the compiler's own are shown as keywords instead.</summary>
internal static class AttributeText
{
    private static readonly HashSet<string> Shown =
    [
        nameof(ObsoleteAttribute), nameof(FlagsAttribute), nameof(AttributeUsageAttribute), nameof(ExperimentalAttribute),
        "EditorBrowsableAttribute", nameof(SupportedOSPlatformAttribute), nameof(UnsupportedOSPlatformAttribute),
        nameof(RequiresUnreferencedCodeAttribute), nameof(RequiresDynamicCodeAttribute), nameof(RequiresAssemblyFilesAttribute),
        nameof(AllowNullAttribute), nameof(DisallowNullAttribute), nameof(MaybeNullAttribute), nameof(NotNullAttribute),
        nameof(MaybeNullWhenAttribute), nameof(NotNullWhenAttribute), nameof(NotNullIfNotNullAttribute), nameof(MemberNotNullAttribute),
        nameof(DoesNotReturnAttribute), nameof(StringSyntaxAttribute), nameof(SetsRequiredMembersAttribute),
    ];

    /// <summary>The compiler marks constructors of types with required members as obsolete for its elders; that says nothing to callers.</summary>
    internal static IEnumerable<string> Of(MemberInfo member) => Of(member.GetCustomAttributesData().Where(attribute =>
        attribute.AttributeType != typeof(ObsoleteAttribute) || !member.IsDefined(typeof(CompilerFeatureRequiredAttribute), false)));

    internal static string Of(ParameterInfo parameter) => string.Concat(Of(parameter.GetCustomAttributesData()).Select(text => text + " "));

    private static IEnumerable<string> Of(IEnumerable<CustomAttributeData> attributes) => attributes
        .Where(attribute => Shown.Contains(attribute.AttributeType.Name))
        .Select(Write)
        .Order(StringComparer.Ordinal);

    private static string Write(CustomAttributeData attribute)
    {
        string name = attribute.AttributeType.Name[..^"Attribute".Length];
        IEnumerable<string> arguments = attribute.ConstructorArguments.Select(Write)
            .Concat(attribute.NamedArguments.Select(argument => $"{argument.MemberName} = {Write(argument.TypedValue)}"));
        string all = string.Join(", ", arguments);
        return all.Length == 0 ? $"[{name}]" : $"[{name}({all})]";
    }

    private static string Write(CustomAttributeTypedArgument argument) => argument.Value is IReadOnlyCollection<CustomAttributeTypedArgument> many
        ? $"[{string.Join(", ", many.Select(Write))}]"
        : argument.Value is Type type ? $"typeof({TypeNames.Of(type)})" : Constants.Of(argument.Value, argument.ArgumentType);
}
