"""The portal: pages for employees, supervisors, planners and administrators, made of what the API answers."""
