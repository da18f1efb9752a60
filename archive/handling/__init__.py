"""What is done about a complaint once accepted: tasks, consultations, mediation, measures, reviews, follow-up."""
