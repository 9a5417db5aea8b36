using System.Reflection;

namespace Deployment.Api.Tests.Architecture;

/// <summary>What every public type keeps to.</summary>
internal static class TypeRules
{
    private static readonly Type[] MadeForInheritance = [typeof(DeploymentException)];

    /// <summary>A class that is neither sealed nor made for inheritance promises what nobody has thought about.</summary>
    internal static IReadOnlyList<string> OpenClasses(IEnumerable<Type> types) =>
    [
        .. types.Where(type => type is { IsVisible: true, IsClass: true, IsAbstract: false, IsSealed: false } && !MadeForInheritance.Contains(type))
            .Select(type => $"{type.FullName} must be sealed, static or abstract."),
    ];

    /// <summary>What may wait can be cancelled, by the last parameter.</summary>
    internal static IReadOnlyList<string> Uncancellable(IEnumerable<Type> types) =>
    [
        .. from type in types
           where type.IsVisible && !typeof(Delegate).IsAssignableFrom(type)
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
           where (method.IsPublic || method.IsFamily) && Waits(method.ReturnType) && method.Name != nameof(IAsyncDisposable.DisposeAsync)
           where method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken)
           select $"{type.FullName}.{method.Name} must take a CancellationToken as its last parameter.",
    ];

    private static bool Waits(Type returned)
    {
        Type type = returned.IsGenericType ? returned.GetGenericTypeDefinition() : returned;
        return type == typeof(Task) || type == typeof(Task<>) || type == typeof(ValueTask) || type == typeof(ValueTask<>) || type == typeof(IAsyncEnumerable<>);
    }
}
