namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>A query whose answer tells that an EF Core migration did what it is for; without one, that the history has it is all that is looked at.</summary>
/// <param name="query">What is asked. It gives one value and changes nothing.</param>
/// <param name="expected">The answer, as text: <c>true</c> or <c>false</c>, numbers with a decimal point, nothing for NULL.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = true)]
public sealed class VerifyMigrationAttribute(string query, string expected) : Attribute
{
    /// <summary>What is asked.</summary>
    public string Query { get; } = query;

    /// <summary>The answer, as text.</summary>
    public string Expected { get; } = expected;
}
