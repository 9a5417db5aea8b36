namespace Deployment.Notifications;

/// <summary>What a person is told.</summary>
/// <param name="RunId">The run that it is about.</param>
/// <param name="Role">Whom it is for, by role: <c>rollback owner</c> or <c>backup owner</c>.</param>
/// <param name="Person">Who has that role; null when nobody was named (<see cref="DeploymentPipelineBuilder.Role"/>).</param>
/// <param name="Title">What happened, on one line.</param>
/// <param name="Text">Why, with the numbers, and what the person can do.</param>
public sealed record Notice(string RunId, string Role, string? Person, string Title, string Text);
