namespace Deployment.Runbooks;

/// <summary>What a step changes of the facts that the plan rests on.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Name">The fact's name; see <see cref="Targets.Fact"/>.</param>
/// <param name="Before">Its value before the step.</param>
/// <param name="After">Its value after the step.</param>
public sealed record FactChange(string Target, string Name, string Before, string After);
